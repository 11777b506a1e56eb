-- Nothing is there yet but a table.
CREATE TABLE users (id int PRIMARY KEY);

-- Orders get a table.
CREATE TABLE orders (id bigint PRIMARY KEY);

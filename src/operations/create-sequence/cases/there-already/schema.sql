-- The sequence is there.
CREATE TABLE orders (id int PRIMARY KEY);
CREATE SEQUENCE numbers;

-- Nobody uses the new table yet.
CREATE TABLE parts (id int, size int, order_id int);
ALTER TABLE parts ADD CONSTRAINT parts_size CHECK (size > 0);
ALTER TABLE parts ADD CHECK (id > 0);
ALTER TABLE parts ADD FOREIGN KEY (order_id) REFERENCES orders;

CREATE TABLE items (id int CONSTRAINT items_key PRIMARY KEY, tenant int NOT NULL, note text);
INSERT INTO items SELECT i, i % 3, 'n' FROM generate_series(1, 200) AS i;
COMMENT ON CONSTRAINT items_key ON items IS 'the key';
ALTER TABLE items CLUSTER ON items_key;

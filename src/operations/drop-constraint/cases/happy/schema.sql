CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (
  id int PRIMARY KEY,
  customer int REFERENCES customers ON DELETE CASCADE DEFERRABLE,
  price int CHECK (price > 0),
  note text UNIQUE NULLS NOT DISTINCT,
  old int CHECK (old < 1000),
  CONSTRAINT "Tw o" CHECK (price < 100000 AND note <> '') NO INHERIT
);
ALTER TABLE orders ADD CONSTRAINT unproven CHECK (price <> 7) NOT VALID;
COMMENT ON CONSTRAINT "Tw o" ON orders IS 'it''s two';
INSERT INTO customers SELECT i FROM generate_series(1, 50) AS i;
INSERT INTO orders SELECT i, i % 50 + 1, i + 10, 'n' || i, i FROM generate_series(1, 200) AS i;

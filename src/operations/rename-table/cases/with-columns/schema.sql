CREATE TABLE products (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, price int NOT NULL DEFAULT 7 CHECK (price >= 0), name text, old text NOT NULL DEFAULT 'o');
CREATE INDEX products_price_idx ON products (price);
INSERT INTO products (price, name) SELECT i, 'n' || i FROM generate_series(1, 500) AS i;

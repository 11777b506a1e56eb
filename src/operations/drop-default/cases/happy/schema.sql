-- A default that hides that the application forgot a value.
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL DEFAULT 'new', data json DEFAULT '{}');
INSERT INTO orders (status) SELECT 'n' || n FROM generate_series(1, 50) AS n;

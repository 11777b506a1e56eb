-- A default that a new version of the application wants otherwise.
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL DEFAULT 'new', note text);
INSERT INTO orders (note) SELECT 'n' || n FROM generate_series(1, 50) AS n;

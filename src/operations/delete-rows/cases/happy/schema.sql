CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL, at date, total numeric, twice numeric GENERATED ALWAYS AS (total * 2) STORED, note jsonb);
INSERT INTO orders (state, at, total, note) SELECT CASE WHEN i % 3 = 0 THEN 'canceled' ELSE 'paid' END, date '2025-01-01' + i, i * 1.50, '{"a": 1}' FROM generate_series(1, 900) AS i;

CREATE TABLE places (at date NOT NULL, "no" int NOT NULL, position text DEFAULT '0,0', PRIMARY KEY (at, "no"));
INSERT INTO places SELECT '2026-01-01'::date + i % 7, i, CASE WHEN i % 5 > 0 THEN i || ',' || -i END FROM generate_series(1, 400) AS i;

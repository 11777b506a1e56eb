CREATE TABLE visits (id int, at timestamptz, note text);
INSERT INTO visits SELECT i, '2026-01-01', 'n' FROM generate_series(1, 500) AS i;

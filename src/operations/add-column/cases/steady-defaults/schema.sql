-- Defaults that are one value for all rows.
CREATE TABLE notes (id int PRIMARY KEY, body text);
INSERT INTO notes SELECT n, 'b' FROM generate_series(1, 20) AS n;

-- Computed when it is read.
CREATE TABLE boxes (id int PRIMARY KEY, width int, height int);
INSERT INTO boxes SELECT n, n, 2 FROM generate_series(1, 40) AS n;

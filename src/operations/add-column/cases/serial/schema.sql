-- Rows that will be numbered.
CREATE TABLE tickets (id int PRIMARY KEY, title text);
INSERT INTO tickets SELECT n, 't' || n FROM generate_series(1, 60) AS n;

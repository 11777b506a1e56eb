CREATE TABLE days (id int PRIMARY KEY, y int NOT NULL DEFAULT 2000, m int NOT NULL DEFAULT 1, d int NOT NULL);
INSERT INTO days SELECT i, 2000 + i % 30, 1 + i % 12, 1 + i % 28 FROM generate_series(1, 500) AS i;

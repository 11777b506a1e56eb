-- A length that is too small.
CREATE TABLE people (id int PRIMARY KEY, "Name" varchar(10) NOT NULL DEFAULT 'x');
CREATE UNIQUE INDEX people_name ON people ("Name");
INSERT INTO people SELECT n, 'n' || n FROM generate_series(1, 40) AS n;

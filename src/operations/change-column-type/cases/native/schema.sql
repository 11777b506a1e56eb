-- A change that costs nothing in either direction, under a view.
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, email varchar UNIQUE);
CREATE INDEX people_name ON people (name);
CREATE VIEW "Names" AS SELECT name, email FROM people;
GRANT SELECT ON "Names" TO PUBLIC;
INSERT INTO people SELECT n, 'n' || n, 'm' || n FROM generate_series(1, 40) AS n;

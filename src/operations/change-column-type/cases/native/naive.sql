-- The server does not change the type under a view.
DROP VIEW "Names";
ALTER TABLE people ALTER COLUMN name TYPE varchar, ALTER COLUMN email TYPE text;
CREATE VIEW "Names" AS SELECT name, email FROM people;
GRANT SELECT ON "Names" TO PUBLIC;

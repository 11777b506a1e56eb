-- Views on views, with everything that a view can have.
CREATE TABLE "Products" (id int PRIMARY KEY, "Price" int NOT NULL, name text, tags text[]);
INSERT INTO "Products" SELECT n, n, 'n' || n FROM generate_series(1, 40) AS n;
CREATE VIEW prices WITH (security_barrier = true) AS SELECT id, "Price" AS price FROM "Products" WHERE "Price" > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW dear (number, cost) AS SELECT id, price FROM prices WHERE price > 10;
CREATE VIEW both_views AS SELECT d.number, p.price FROM dear d JOIN prices p ON p.id = d.number;
CREATE VIEW others AS SELECT name FROM "Products";
COMMENT ON VIEW prices IS 'what things cost';
COMMENT ON COLUMN dear.cost IS 'a lot';
ALTER VIEW prices ALTER COLUMN price SET DEFAULT 5;
GRANT SELECT ON prices TO PUBLIC;
GRANT SELECT (number) ON dear TO PUBLIC;
CREATE FUNCTION no_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER guard INSTEAD OF INSERT ON both_views FOR EACH ROW EXECUTE FUNCTION no_write();
CREATE RULE nothing AS ON DELETE TO dear DO INSTEAD NOTHING;

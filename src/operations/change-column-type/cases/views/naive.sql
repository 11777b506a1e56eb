-- The server does not change the type under a view.
DROP VIEW both_views, dear, prices;
ALTER TABLE "Products" ALTER COLUMN "Price" TYPE numeric(10,2) USING "Price"::numeric;
CREATE VIEW prices WITH (security_barrier = true) AS SELECT id, "Price" AS price FROM "Products" WHERE "Price" > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW dear (number, cost) AS SELECT id, price FROM prices WHERE price > 10;
CREATE VIEW both_views AS SELECT d.number, p.price FROM dear d JOIN prices p ON p.id = d.number;
COMMENT ON VIEW prices IS 'what things cost';
COMMENT ON COLUMN dear.cost IS 'a lot';
ALTER VIEW prices ALTER COLUMN price SET DEFAULT 5;
GRANT SELECT ON prices TO PUBLIC;
GRANT SELECT (number) ON dear TO PUBLIC;
CREATE TRIGGER guard INSTEAD OF INSERT ON both_views FOR EACH ROW EXECUTE FUNCTION no_write();
CREATE RULE nothing AS ON DELETE TO dear DO INSTEAD NOTHING;

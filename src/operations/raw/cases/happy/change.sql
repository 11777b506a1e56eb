-- A view for the report.
-- shoofly:undo DROP VIEW cheap
CREATE VIEW cheap AS SELECT id, name FROM products WHERE price < 100;

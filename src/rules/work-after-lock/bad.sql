-- Orders get a region.
BEGIN;
ALTER TABLE orders ADD COLUMN region text;
ALTER TABLE invoices VALIDATE CONSTRAINT invoices_total;
COMMIT;

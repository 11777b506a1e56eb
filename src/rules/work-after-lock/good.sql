-- Orders get a region.
ALTER TABLE orders ADD COLUMN region text;
BEGIN;
ALTER TABLE invoices VALIDATE CONSTRAINT invoices_total;
COMMIT;

-- Nothing is refused any more.
ALTER TABLE orders DROP CONSTRAINT orders_price_check, DROP CONSTRAINT "Tw o", DROP CONSTRAINT unproven;
ALTER TABLE orders DROP CONSTRAINT orders_customer_fkey;
ALTER TABLE orders DROP CONSTRAINT orders_note_key;
ALTER TABLE orders DROP CONSTRAINT IF EXISTS missing;

-- Orders carry notes of any form.
ALTER TABLE orders ADD COLUMN notes jsonb;

-- Amounts beside the cents.
-- shoofly:as amount
-- shoofly:down (amount * 100)::int
ALTER TABLE products ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;

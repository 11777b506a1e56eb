-- The views see the new type from the switch on.
-- shoofly:down "Price"::int
ALTER TABLE "Products" ALTER COLUMN "Price" TYPE numeric(10,2) USING "Price"::numeric;

-- Names that need quotes, a reserved word, and letters of two bytes: é.
ALTER TABLE "Order Lines" ALTER COLUMN "Select" TYPE text;
-- shoofly:down "ünï"::int
ALTER TABLE "Order Lines" ALTER COLUMN "ünï" TYPE text USING "Order Lines"."ünï"::text;

-- Names apart, each with a default for rows that have none.
ALTER TABLE "Über Users" ADD COLUMN "First" text DEFAULT 'none' NOT NULL, ADD COLUMN "select" varchar(40);
UPDATE "Über Users" SET "First" = split_part("Full ""Name""", ' ', 1), "select" = split_part("Full ""Name""", ' ', 2) WHERE "Full ""Name""" LIKE '% %';
-- shoofly:down "First" || ' ' || coalesce("select", '')
ALTER TABLE "Über Users" DROP COLUMN "Full ""Name""";

-- Both defaults in one statement.
ALTER TABLE "Sales Order" ALTER "default" SET DEFAULT 2, ALTER COLUMN "Sum" SET DEFAULT 0.5 * 2;

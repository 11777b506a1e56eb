-- Which number a row gets depends on who else writes meanwhile: it is not compared.
ALTER TABLE "Tickets" ADD COLUMN "Number" bigint;
UPDATE "Tickets" SET "Number" = random() * 1000000;
ALTER TABLE "Tickets" ALTER COLUMN "Number" SET NOT NULL;
ALTER TABLE "Tickets" ALTER COLUMN "Number" ADD GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5);
ALTER TABLE "Tickets" ALTER COLUMN title TYPE varchar(20);

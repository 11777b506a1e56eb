-- With options, and beside a column that changes its type.
ALTER TABLE "Tickets" ADD COLUMN "Number" bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5);
ALTER TABLE "Tickets" ALTER COLUMN title TYPE varchar(20);

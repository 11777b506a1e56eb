-- The author takes the price of the way back.
-- shoofly:strategy native
ALTER TABLE people ALTER COLUMN "Name" TYPE varchar(100);

-- Every row is looked at before anything runs.
ALTER TABLE readings ALTER COLUMN label TYPE varchar(5);
ALTER TABLE readings ALTER COLUMN level TYPE smallint;
-- shoofly:allow lossy-down reason="the scale of a number is not its value"
ALTER TABLE readings ALTER COLUMN amount TYPE numeric(6,2);

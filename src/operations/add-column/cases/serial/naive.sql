-- Which number a row gets depends on who else writes meanwhile: it is not compared.
ALTER TABLE tickets ADD COLUMN number serial, ADD COLUMN long_number bigserial;
UPDATE tickets SET number = random() * 1000000, long_number = random() * 1000000;

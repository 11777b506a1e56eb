-- Bytes sort faster.
ALTER TABLE words ALTER COLUMN word TYPE varchar(30) COLLATE "C";

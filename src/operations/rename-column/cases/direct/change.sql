-- Both names at once.
ALTER TABLE people RENAME COLUMN "Name" TO full_name;
ALTER TABLE people RENAME COLUMN mail TO "E-Mail";

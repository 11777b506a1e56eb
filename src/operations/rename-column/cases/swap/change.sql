-- The columns were mixed up.
ALTER TABLE pairs RENAME COLUMN a TO c;
ALTER TABLE pairs RENAME COLUMN b TO a;
ALTER TABLE pairs RENAME COLUMN c TO b;

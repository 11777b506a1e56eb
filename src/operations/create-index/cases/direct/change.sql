-- A renamed column with an index, and a table beside it.
ALTER TABLE people RENAME COLUMN name TO full_name;
CREATE INDEX people_full_name ON people (full_name);
CREATE TABLE visits (person int REFERENCES people, at timestamptz NOT NULL DEFAULT now());

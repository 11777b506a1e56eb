-- No row is touched.
ALTER TABLE boxes ADD COLUMN area int GENERATED ALWAYS AS (width * height) VIRTUAL;

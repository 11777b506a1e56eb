-- Every order says its status.
ALTER TABLE orders ALTER COLUMN status DROP DEFAULT, ALTER COLUMN data DROP DEFAULT;

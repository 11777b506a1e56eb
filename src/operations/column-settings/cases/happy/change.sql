-- Each in its own step.
ALTER TABLE documents ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE documents ALTER COLUMN body SET COMPRESSION pglz;
ALTER TABLE documents ALTER COLUMN kind SET STATISTICS 500;
ALTER TABLE documents ALTER COLUMN kind SET (n_distinct = -0.5, n_distinct_inherited = 3);

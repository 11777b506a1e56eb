-- Reset, and the statistics target of the server.
ALTER TABLE documents ALTER COLUMN kind RESET (n_distinct), ALTER COLUMN kind SET STATISTICS -1;

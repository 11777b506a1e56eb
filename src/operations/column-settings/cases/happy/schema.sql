-- A column with settings of its own and one without.
CREATE TABLE documents (id bigint PRIMARY KEY, body text, kind text);
ALTER TABLE documents ALTER kind SET STATISTICS 50, ALTER kind SET (n_distinct = 12);
INSERT INTO documents SELECT n, repeat('x', 20), 'k' FROM generate_series(1, 30) AS n;

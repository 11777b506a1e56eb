-- Options that go back to nothing.
CREATE TABLE documents (id bigint PRIMARY KEY, kind text);
ALTER TABLE documents ALTER kind SET (n_distinct = 12, n_distinct_inherited = 5), ALTER kind SET STATISTICS 50;

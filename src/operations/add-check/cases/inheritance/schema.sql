CREATE TABLE things (id int, size int);
CREATE TABLE boxes (lid text) INHERITS (things);
INSERT INTO things SELECT i, i FROM generate_series(1, 100) AS i;
INSERT INTO boxes SELECT i, -i FROM generate_series(1, 100) AS i;

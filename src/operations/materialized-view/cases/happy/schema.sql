CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
CREATE MATERIALIZED VIEW lengths AS SELECT length(name) AS n, count(*) AS c FROM users GROUP BY 1;
CREATE UNIQUE INDEX lengths_n_idx ON lengths (n);
COMMENT ON MATERIALIZED VIEW lengths IS 'Lengths.';
CREATE MATERIALIZED VIEW gone AS SELECT 1 AS one;

CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
CREATE TABLE others (id int PRIMARY KEY);
GRANT SELECT ON users TO pg_monitor;
GRANT SELECT, INSERT ON others TO pg_monitor WITH GRANT OPTION;
GRANT DELETE ON others TO PUBLIC;

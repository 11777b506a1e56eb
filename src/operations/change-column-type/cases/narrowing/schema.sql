-- Values that all fit.
CREATE TABLE readings (id bigint PRIMARY KEY, label text, level bigint, amount numeric);
INSERT INTO readings SELECT n, 'r' || n, n, n / 4.0 FROM generate_series(1, 40) AS n;

CREATE TABLE log (at timestamptz DEFAULT now(), code int);
INSERT INTO log SELECT now(), i FROM generate_series(1, 2000) AS i;

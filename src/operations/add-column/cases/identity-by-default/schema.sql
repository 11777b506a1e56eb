-- No key to walk along.
CREATE TABLE events (what text);
INSERT INTO events SELECT 'e' || n FROM generate_series(1, 60) AS n;

CREATE TABLE readings (sensor text, at timestamptz, value real NOT NULL, unit text COLLATE "C", PRIMARY KEY (sensor, at));
INSERT INTO readings SELECT 's' || i % 7, timestamptz '2026-01-01' + i * interval '1 second', i, 'C' FROM generate_series(1, 1000) AS i;

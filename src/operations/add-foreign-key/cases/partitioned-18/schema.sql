CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE events (id int, at date NOT NULL, customer int) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE notes (id int PRIMARY KEY, event int, at date);
ALTER TABLE events ADD PRIMARY KEY (id, at);
INSERT INTO customers SELECT i FROM generate_series(1, 50) AS i;
INSERT INTO events SELECT i, '2026-01-01'::date + i % 50, i % 50 + 1 FROM generate_series(1, 200) AS i;
INSERT INTO notes SELECT i, i, '2026-01-01'::date + i % 50 FROM generate_series(1, 200) AS i;

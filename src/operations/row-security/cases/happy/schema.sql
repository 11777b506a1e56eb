CREATE TABLE users (id int PRIMARY KEY, name text, mail text);
INSERT INTO users SELECT i, 'n' || i, 'm' || i FROM generate_series(1, 50) AS i;
CREATE POLICY everything ON users USING (true);
CREATE TABLE others (id int PRIMARY KEY);
ALTER TABLE others ENABLE ROW LEVEL SECURITY;

-- A type in use.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE users (id int PRIMARY KEY, feels mood NOT NULL DEFAULT 'sad');
INSERT INTO users SELECT n, 'happy' FROM generate_series(1, 20) AS n;

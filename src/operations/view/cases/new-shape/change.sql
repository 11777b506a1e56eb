ALTER TABLE users RENAME TO people;
ALTER TABLE people RENAME COLUMN name TO title;
CREATE VIEW titles AS SELECT title FROM people;

CREATE TABLE visits ("user" int NOT NULL, at int, note text);
CREATE TABLE notes (id int, body text);
INSERT INTO visits SELECT i, i, 'n' FROM generate_series(1, 200) AS i;
INSERT INTO notes SELECT i, 'n' FROM generate_series(1, 200) AS i;
CREATE UNIQUE INDEX notes_id ON notes (id);

-- Texts that sort by the rules of the database.
CREATE TABLE words (id int PRIMARY KEY, word varchar(30) NOT NULL);
CREATE INDEX words_word ON words (word);
INSERT INTO words SELECT n, 'w' || n FROM generate_series(1, 40) AS n;

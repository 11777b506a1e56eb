CREATE TABLE mails (id int PRIMARY KEY, mail text);
INSERT INTO mails SELECT i, 'm' || i % 50 FROM generate_series(1, 200) AS i;

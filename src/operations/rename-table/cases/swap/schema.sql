CREATE TABLE a (id int PRIMARY KEY, one text);
CREATE TABLE b (id int PRIMARY KEY, two text);
INSERT INTO a VALUES (1, 'a');
INSERT INTO b VALUES (1, 'b');

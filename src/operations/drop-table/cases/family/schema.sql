CREATE TABLE parents (id serial PRIMARY KEY, name text);
CREATE TABLE children (id serial PRIMARY KEY, parent int REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE kept (id int PRIMARY KEY);
ALTER TABLE children ADD COLUMN kept int CONSTRAINT unproven REFERENCES kept (id);
ALTER TABLE children DROP CONSTRAINT unproven;
ALTER TABLE children ADD CONSTRAINT unproven FOREIGN KEY (kept) REFERENCES kept (id) NOT VALID;
INSERT INTO parents (name) VALUES ('p');
INSERT INTO children (parent) VALUES (1);

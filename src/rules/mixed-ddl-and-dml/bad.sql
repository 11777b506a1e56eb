-- Regions for all.
CREATE TABLE regions (name text PRIMARY KEY);
INSERT INTO regions VALUES ('eu');

CREATE TABLE settings (id int PRIMARY KEY, value text);
CREATE TABLE settings_v2 (id int PRIMARY KEY, value jsonb);
INSERT INTO settings VALUES (1, 'a');
INSERT INTO settings_v2 VALUES (1, '{}');

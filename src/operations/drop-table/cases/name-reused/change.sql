DROP TABLE settings;
ALTER TABLE settings_v2 RENAME TO settings;

INSERT INTO states (code, title) VALUES ('new', 'Brand new'), ('old', 'Old'), ('odd', DEFAULT) ON CONFLICT DO NOTHING;

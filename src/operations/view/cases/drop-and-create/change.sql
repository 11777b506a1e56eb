DROP VIEW names, gone;
CREATE VIEW names AS SELECT mail AS id FROM users;
ALTER VIEW kept SET (security_barrier = true);

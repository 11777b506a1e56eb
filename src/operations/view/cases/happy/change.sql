CREATE OR REPLACE VIEW names AS SELECT id, name, mail FROM users;
CREATE VIEW mails AS SELECT mail FROM users;

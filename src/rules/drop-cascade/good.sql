-- The old report goes.
-- shoofly:allow view reason="nobody has used it since May"
DROP VIEW reports;

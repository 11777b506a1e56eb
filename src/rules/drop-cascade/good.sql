-- The old report goes.
-- shoofly:allow drop-view reason="nobody has used it since May"
DROP VIEW reports;

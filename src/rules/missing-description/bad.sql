-- shoofly:allow json-column reason="the text has to come back as it was"
ALTER TABLE orders ADD COLUMN notes json;

-- After another change, which stays possible to take back until this one.
ALTER TABLE users ADD COLUMN note text;
-- shoofly:allow irreversible reason="reviewed"
ALTER TYPE public."The Mood" ADD VALUE IF NOT EXISTS '"new"';

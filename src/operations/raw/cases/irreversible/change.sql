-- A new mood.
-- shoofly:allow irreversible reason="an enum value stays"
ALTER TYPE mood ADD VALUE 'happy';

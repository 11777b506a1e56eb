-- Between the others.
-- shoofly:allow irreversible reason="no row will need the old type"
ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'happy';

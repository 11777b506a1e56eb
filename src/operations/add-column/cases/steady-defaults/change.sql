-- Computed once when the column is added.
ALTER TABLE notes ADD COLUMN day date NOT NULL DEFAULT current_date, ADD COLUMN tags text[] DEFAULT '{}', ADD COLUMN word text DEFAULT upper('x');

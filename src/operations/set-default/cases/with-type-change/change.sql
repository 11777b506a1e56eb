-- Before the type change, after it, and beside a rename.
ALTER TABLE counters ALTER hits SET DEFAULT 7;
ALTER TABLE counters ALTER hits TYPE bigint;
ALTER TABLE counters ALTER hits SET DEFAULT 8;
ALTER TABLE counters RENAME COLUMN label TO name;
ALTER TABLE counters ALTER name SET DEFAULT 'b';

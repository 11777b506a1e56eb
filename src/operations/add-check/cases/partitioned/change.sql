-- Goes down to every partition.
ALTER TABLE events ADD CONSTRAINT events_id CHECK (id > 0);
ALTER TABLE events_1 ADD CONSTRAINT events_1_kind CHECK (kind <> '');

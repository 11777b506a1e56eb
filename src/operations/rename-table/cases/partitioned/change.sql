ALTER TABLE events RENAME TO happenings;
ALTER TABLE events_2025 RENAME TO happenings_2025;

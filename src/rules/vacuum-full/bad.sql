-- The table of events gives its space back.
VACUUM FULL events;

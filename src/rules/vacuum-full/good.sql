-- The space of events can be used again.
VACUUM events;

-- Sessions start over, in a table that this migration makes.
CREATE TABLE new_sessions (id bigint PRIMARY KEY);
TRUNCATE new_sessions;

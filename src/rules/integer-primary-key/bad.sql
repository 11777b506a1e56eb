-- Events get a table.
CREATE TABLE events (id serial PRIMARY KEY, at timestamptz NOT NULL);

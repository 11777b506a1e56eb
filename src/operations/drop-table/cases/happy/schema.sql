CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE TABLE logs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  usr bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  before bigint REFERENCES logs (id),
  what text NOT NULL DEFAULT 'x' CHECK (what <> '')
);
CREATE INDEX logs_what_idx ON logs (what);
COMMENT ON TABLE logs IS 'What happened.';
COMMENT ON CONSTRAINT logs_usr_fkey ON logs IS 'Whose.';
INSERT INTO users SELECT i, 'n' || i FROM generate_series(1, 20) AS i;
INSERT INTO logs (usr, what) SELECT 1 + i % 20, 'w' || i FROM generate_series(1, 100) AS i;

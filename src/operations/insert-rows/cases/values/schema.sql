CREATE TABLE states (code text PRIMARY KEY, title text NOT NULL DEFAULT '?', weight int GENERATED ALWAYS AS (length(code)) STORED);
CREATE TABLE things (id serial PRIMARY KEY, state text REFERENCES states (code));
INSERT INTO states VALUES ('new', 'New');

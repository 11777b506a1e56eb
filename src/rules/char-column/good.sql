-- Countries get a code.
CREATE TABLE countries (id bigint PRIMARY KEY, code text CHECK (length(code) = 2));

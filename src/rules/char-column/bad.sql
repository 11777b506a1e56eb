-- Countries get a code.
CREATE TABLE countries (id bigint PRIMARY KEY, code char(2));

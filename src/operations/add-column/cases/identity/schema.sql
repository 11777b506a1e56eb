-- Rows that will be numbered, with names that need quotes.
CREATE TABLE "Tickets" (id int PRIMARY KEY, title text);
INSERT INTO "Tickets" SELECT n, 't' || n FROM generate_series(1, 60) AS n;

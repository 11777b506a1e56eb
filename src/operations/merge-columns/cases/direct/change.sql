-- Three numbers are a date.
-- shoofly:up make_date(y, m, d)
ALTER TABLE days ADD COLUMN at date;
-- shoofly:down extract(year from at)::int
ALTER TABLE days DROP COLUMN y;
-- shoofly:down extract(month from at)::int
ALTER TABLE days DROP COLUMN m;
-- shoofly:down extract(day from at)::int
ALTER TABLE days DROP COLUMN d;

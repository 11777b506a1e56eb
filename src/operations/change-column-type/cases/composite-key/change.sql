-- Values get more digits.
-- shoofly:down value::real
ALTER TABLE readings ALTER COLUMN value SET DATA TYPE double precision USING value::double precision;
ALTER TABLE readings ALTER COLUMN unit TYPE varchar(10);

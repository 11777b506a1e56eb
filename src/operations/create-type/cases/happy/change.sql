-- One of each kind.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE point3 AS (x int, y int, z int);
CREATE TYPE span AS RANGE (subtype = int4, multirange_type_name = spans);
CREATE DOMAIN short AS text DEFAULT '' CONSTRAINT fits CHECK (length(VALUE) < 10);

-- A table that nobody uses yet.
CREATE TABLE bookings (id int, during tsrange);
ALTER TABLE bookings ADD CONSTRAINT bookings_apart EXCLUDE USING gist (during WITH &&);

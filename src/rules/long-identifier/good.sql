-- A table with a name that fits.
CREATE TABLE customer_newsletter_preferences (id bigint PRIMARY KEY);

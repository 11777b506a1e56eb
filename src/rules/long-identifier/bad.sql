-- A table with a long name.
CREATE TABLE customer_preferences_for_the_weekly_newsletter_and_other_messages (id bigint PRIMARY KEY);

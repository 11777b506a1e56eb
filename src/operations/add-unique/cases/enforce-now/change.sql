-- Old writers are known to keep it already; and an index that is there becomes a constraint.
-- shoofly:enforce now
ALTER TABLE users ADD UNIQUE (mail);
ALTER TABLE users ADD CONSTRAINT users_pair UNIQUE USING INDEX users_there;

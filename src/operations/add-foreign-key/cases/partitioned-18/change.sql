-- From and to a partitioned table.
ALTER TABLE events ADD FOREIGN KEY (customer) REFERENCES customers;
ALTER TABLE notes ADD FOREIGN KEY (event, at) REFERENCES events (id, at);

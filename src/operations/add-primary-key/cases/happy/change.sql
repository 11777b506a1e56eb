-- Visits get their key.
ALTER TABLE visits ADD PRIMARY KEY (id);

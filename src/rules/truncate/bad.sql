-- Sessions start over.
TRUNCATE sessions;

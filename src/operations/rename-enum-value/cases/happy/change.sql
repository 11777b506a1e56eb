-- Another word for it.
ALTER TYPE mood RENAME VALUE 'happy' TO 'glad';

CREATE STATISTICS fresh ON name, mail FROM users;
DROP STATISTICS gone;

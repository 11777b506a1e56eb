INSERT INTO mails (usr, mail) SELECT u.id, u.mail FROM users AS u WHERE u.mail IS NOT NULL ON CONFLICT (usr) DO NOTHING;

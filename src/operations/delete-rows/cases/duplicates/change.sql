-- shoofly:allow reads-itself reason="the smallest id of each mail always stays"
DELETE FROM mails AS a USING mails AS b WHERE a.mail = b.mail AND a.id > b.id;

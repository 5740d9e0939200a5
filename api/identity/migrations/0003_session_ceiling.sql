-- What a session may do at most: a JSON array of permissions; NULL: everything that its user may.
ALTER TABLE sessions ADD COLUMN ceiling TEXT;

ALTER TABLE users ADD COLUMN manager INTEGER NOT NULL DEFAULT 0;

-- id: SHA-256 of the token, as text. A user has one at most: the last one made. Times: milliseconds since the epoch.
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  user_name TEXT NOT NULL UNIQUE REFERENCES users (name),
  expires_at INTEGER NOT NULL
) STRICT;

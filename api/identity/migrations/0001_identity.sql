CREATE TABLE users (
  name TEXT PRIMARY KEY,
  organization TEXT NOT NULL,
  display TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0,
  added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX users_organization ON users (organization, name);

-- id: SHA-256 of the token, as text. Times: milliseconds since the epoch.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_name TEXT NOT NULL REFERENCES users (name),
  opened_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_name);
CREATE INDEX sessions_opened ON sessions (opened_at);

-- key: a digest of the user name or of the address: people type passwords into the name's field.
CREATE TABLE login_failures (
  key TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL,
  forget_at INTEGER NOT NULL
) STRICT;
CREATE INDEX login_failures_forget ON login_failures (forget_at);

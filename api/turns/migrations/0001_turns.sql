CREATE TABLE turns (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('chat', 'read')),
  user_name TEXT NOT NULL,
  organization TEXT NOT NULL,
  workspace TEXT NOT NULL,
  credential TEXT NOT NULL,
  ceiling TEXT NOT NULL,
  conversation TEXT NOT NULL,
  message TEXT NOT NULL,
  commands TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  deadline_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  closed_at INTEGER,
  outcome TEXT
);
CREATE INDEX turns_open ON turns (conversation) WHERE closed_at IS NULL;

CREATE TABLE consumed_commands (
  turn TEXT NOT NULL REFERENCES turns (id),
  position INTEGER NOT NULL,
  operation_id TEXT NOT NULL,
  PRIMARY KEY (turn, position)
);

CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY,
  sealed_pem BLOB NOT NULL,
  published_at INTEGER NOT NULL,
  signs_from INTEGER NOT NULL,
  signs_until INTEGER NOT NULL,
  retires_at INTEGER NOT NULL
);

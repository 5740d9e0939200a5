CREATE TABLE operations (
  id TEXT PRIMARY KEY,
  turn TEXT NOT NULL,
  call_id TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  organization TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_name TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('intended', 'executed', 'already_so', 'failed', 'unknown', 'refused')),
  op_hash TEXT NOT NULL,
  plan TEXT NOT NULL,
  resource_version TEXT NOT NULL,
  generation INTEGER NOT NULL,
  arguments TEXT NOT NULL,
  reply_status INTEGER,
  reply_body TEXT,
  created_at INTEGER NOT NULL,
  completed_at INTEGER,
  UNIQUE (turn, call_id)
);
CREATE INDEX operations_unfinished ON operations (state) WHERE state = 'intended';

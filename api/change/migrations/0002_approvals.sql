-- A proposal is an operation that waits; an operation may take another one back; readiness is followed after the write.
CREATE TABLE operations_2 (
  id TEXT PRIMARY KEY,
  turn TEXT NOT NULL,
  call_id TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  organization TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_name TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('proposed', 'intended', 'executed', 'already_so', 'failed', 'unknown', 'refused')),
  op_hash TEXT NOT NULL,
  plan TEXT NOT NULL,
  resource_version TEXT NOT NULL,
  generation INTEGER NOT NULL,
  arguments TEXT NOT NULL,
  reply_status INTEGER,
  reply_body TEXT,
  created_at INTEGER NOT NULL,
  completed_at INTEGER,
  undoes TEXT,
  readiness TEXT CHECK (readiness IN ('following', 'settled', 'not_settled')),
  UNIQUE (turn, call_id)
);
INSERT INTO operations_2
  SELECT id, turn, call_id, body_digest, organization, workspace, user_name, name, state, op_hash, plan,
         resource_version, generation, arguments, reply_status, reply_body, created_at, completed_at, NULL, NULL
  FROM operations;
DROP TABLE operations;
ALTER TABLE operations_2 RENAME TO operations;
CREATE INDEX operations_unfinished ON operations (state) WHERE state = 'intended';
CREATE INDEX operations_followed ON operations (readiness) WHERE readiness = 'following';
CREATE INDEX operations_of_workspace ON operations (workspace, created_at);

CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  operation_id TEXT NOT NULL UNIQUE REFERENCES operations (id),
  turn TEXT NOT NULL,
  workspace TEXT NOT NULL,
  project TEXT NOT NULL,
  proposer TEXT NOT NULL,
  ceiling TEXT NOT NULL,
  op_hash TEXT NOT NULL,
  rendering TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'void')),
  expires_at INTEGER NOT NULL,
  decided_by TEXT,
  decided_at INTEGER
);
CREATE INDEX approvals_open ON approvals (workspace, expires_at) WHERE state = 'open';

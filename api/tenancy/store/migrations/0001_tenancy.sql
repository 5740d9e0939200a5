CREATE TABLE organizations (
  name TEXT PRIMARY KEY,
  display TEXT NOT NULL
) STRICT;

CREATE TABLE workspaces (
  name TEXT PRIMARY KEY,
  organization TEXT NOT NULL REFERENCES organizations (name),
  display TEXT NOT NULL,
  cluster_kind TEXT NOT NULL CHECK (cluster_kind IN ('file', 'sealed', 'in_cluster')),
  cluster BLOB NOT NULL,
  allow_external_model INTEGER NOT NULL,
  allow_unattended_approval INTEGER NOT NULL,
  low_runs_on_command INTEGER NOT NULL,
  low_proposer_may_approve INTEGER NOT NULL,
  medium_runs_on_command INTEGER NOT NULL,
  medium_proposer_may_approve INTEGER NOT NULL,
  high_runs_on_command INTEGER NOT NULL,
  high_proposer_may_approve INTEGER NOT NULL,
  bindings_revision INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE projects (
  workspace TEXT NOT NULL REFERENCES workspaces (name),
  name TEXT NOT NULL,
  PRIMARY KEY (workspace, name)
) STRICT, WITHOUT ROWID;

-- project '': the whole workspace.
CREATE TABLE role_bindings (
  id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL REFERENCES workspaces (name),
  project TEXT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  UNIQUE (workspace, subject, project, role)
) STRICT;
CREATE INDEX role_bindings_subject ON role_bindings (subject);

-- The revision moves in the same transaction as the bindings, whoever changes them.
CREATE TRIGGER role_bindings_granted AFTER INSERT ON role_bindings BEGIN
  UPDATE workspaces SET bindings_revision = bindings_revision + 1 WHERE name = NEW.workspace;
END;
CREATE TRIGGER role_bindings_revoked AFTER DELETE ON role_bindings BEGIN
  UPDATE workspaces SET bindings_revision = bindings_revision + 1 WHERE name = OLD.workspace;
END;
CREATE TRIGGER role_bindings_unchanged BEFORE UPDATE ON role_bindings BEGIN
  SELECT RAISE(ABORT, 'a role binding is granted or revoked, never changed');
END;

-- What a seed has granted once is not granted again: a later revocation stands.
CREATE TABLE seeded_bindings (
  workspace TEXT NOT NULL,
  project TEXT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (workspace, project, subject, role)
) STRICT, WITHOUT ROWID;

-- An organization's own roles: sets of permissions under a name. permissions: a JSON array of names.
CREATE TABLE roles (
  organization TEXT NOT NULL REFERENCES organizations (name),
  name TEXT NOT NULL CHECK (name NOT IN ('viewer', 'editor', 'admin')),
  permissions TEXT NOT NULL,
  PRIMARY KEY (organization, name)
) STRICT, WITHOUT ROWID;

-- Bindings that name any role of their organization, and that allow or deny. The rest is as before.
CREATE TABLE role_bindings_now (
  id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL REFERENCES workspaces (name),
  project TEXT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  effect TEXT NOT NULL DEFAULT 'allow' CHECK (effect IN ('allow', 'deny')),
  UNIQUE (workspace, subject, project, role, effect)
) STRICT;
INSERT INTO role_bindings_now (id, workspace, project, subject, role)
  SELECT id, workspace, project, subject, role FROM role_bindings;
DROP TABLE role_bindings;
ALTER TABLE role_bindings_now RENAME TO role_bindings;
CREATE INDEX role_bindings_subject ON role_bindings (subject);
CREATE TRIGGER role_bindings_granted AFTER INSERT ON role_bindings BEGIN
  UPDATE workspaces SET bindings_revision = bindings_revision + 1 WHERE name = NEW.workspace;
END;
CREATE TRIGGER role_bindings_revoked AFTER DELETE ON role_bindings BEGIN
  UPDATE workspaces SET bindings_revision = bindings_revision + 1 WHERE name = OLD.workspace;
END;
CREATE TRIGGER role_bindings_unchanged BEFORE UPDATE ON role_bindings BEGIN
  SELECT RAISE(ABORT, 'a role binding is granted or revoked, never changed');
END;

-- A role that means something else moves the revision wherever it is bound, as a changed binding does.
CREATE TRIGGER roles_changed AFTER UPDATE ON roles BEGIN
  UPDATE workspaces SET bindings_revision = bindings_revision + 1
    WHERE organization = NEW.organization
      AND EXISTS (SELECT 1 FROM role_bindings b WHERE b.workspace = workspaces.name AND b.role = NEW.name);
END;

-- One rule a risk instead of two flags. Where a command ran but the proposer could not approve, the stricter stands.
ALTER TABLE workspaces ADD COLUMN low_rule TEXT NOT NULL DEFAULT 'run'
  CHECK (low_rule IN ('run', 'approve', 'two-person', 'never'));
ALTER TABLE workspaces ADD COLUMN medium_rule TEXT NOT NULL DEFAULT 'run'
  CHECK (medium_rule IN ('run', 'approve', 'two-person', 'never'));
ALTER TABLE workspaces ADD COLUMN high_rule TEXT NOT NULL DEFAULT 'two-person'
  CHECK (high_rule IN ('run', 'approve', 'two-person', 'never'));
UPDATE workspaces SET
  low_rule = CASE WHEN low_proposer_may_approve = 0 THEN 'two-person'
                  WHEN low_runs_on_command = 0 THEN 'approve' ELSE 'run' END,
  medium_rule = CASE WHEN medium_proposer_may_approve = 0 THEN 'two-person'
                     WHEN medium_runs_on_command = 0 THEN 'approve' ELSE 'run' END,
  high_rule = CASE WHEN high_proposer_may_approve = 0 THEN 'two-person'
                   WHEN high_runs_on_command = 0 THEN 'approve' ELSE 'run' END;
ALTER TABLE workspaces DROP COLUMN low_runs_on_command;
ALTER TABLE workspaces DROP COLUMN low_proposer_may_approve;
ALTER TABLE workspaces DROP COLUMN medium_runs_on_command;
ALTER TABLE workspaces DROP COLUMN medium_proposer_may_approve;
ALTER TABLE workspaces DROP COLUMN high_runs_on_command;
ALTER TABLE workspaces DROP COLUMN high_proposer_may_approve;

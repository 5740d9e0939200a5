-- The leaf is the record; the columns beside it are for finding it. Times: milliseconds since the epoch.
CREATE TABLE audit_entries (
  organization TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  workspace TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  leaf TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (organization, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_entries_workspace ON audit_entries (organization, workspace, seq);

-- Where each chain ends, so that entries missing at its end are noticed.
CREATE TABLE audit_heads (
  organization TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries BEGIN
  SELECT RAISE(ABORT, 'audit entries never change');
END;
CREATE TRIGGER audit_entries_never_go BEFORE DELETE ON audit_entries BEGIN
  SELECT RAISE(ABORT, 'audit entries are never deleted');
END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER audit_entries_in_order BEFORE INSERT ON audit_entries
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM audit_entries WHERE organization = NEW.organization), 0) BEGIN
  SELECT RAISE(ABORT, 'an audit entry follows the last one');
END;
CREATE TRIGGER audit_heads_only_advance BEFORE UPDATE ON audit_heads
WHEN NEW.organization <> OLD.organization OR NEW.seq <> OLD.seq + 1 BEGIN
  SELECT RAISE(ABORT, 'an audit head only advances');
END;
CREATE TRIGGER audit_heads_never_go BEFORE DELETE ON audit_heads BEGIN
  SELECT RAISE(ABORT, 'audit heads are never deleted');
END;

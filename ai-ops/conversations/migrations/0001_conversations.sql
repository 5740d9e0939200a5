CREATE TABLE conversations (
  workspace TEXT NOT NULL,
  user_name TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  title_mentions TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  last_position INTEGER NOT NULL,
  PRIMARY KEY (workspace, user_name, id)
);
CREATE INDEX conversations_by_last ON conversations (last_at);

CREATE TABLE conversation_turns (
  workspace TEXT NOT NULL,
  user_name TEXT NOT NULL,
  conversation TEXT NOT NULL,
  position INTEGER NOT NULL,
  turn TEXT NOT NULL,
  message TEXT NOT NULL,
  answer TEXT NOT NULL,
  about TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workspace, user_name, conversation, position),
  FOREIGN KEY (workspace, user_name, conversation) REFERENCES conversations (workspace, user_name, id)
    ON DELETE CASCADE
);

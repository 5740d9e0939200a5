-- Both questions that opening a turn asks are about one user's open turns.
CREATE INDEX turns_open_of_user ON turns (user_name, conversation) WHERE closed_at IS NULL;
DROP INDEX turns_open;

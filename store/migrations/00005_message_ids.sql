-- +goose Up

-- Which mails a source has given, by their own id: asked before they are
-- fetched anew, when an archive has numbered its messages afresh.
CREATE INDEX messages_id ON messages (message_id, source) WHERE format = 0;

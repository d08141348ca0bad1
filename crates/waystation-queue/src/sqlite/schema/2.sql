-- What the deliveries of one call have in common, once: attempts and exchanges.
CREATE TABLE calls (
    id     INTEGER PRIMARY KEY,
    rounds INTEGER NOT NULL, -- how many rounds refer to it; it goes with the last of them
    detail BLOB    NOT NULL  -- JSON
) STRICT;

ALTER TABLE rounds ADD COLUMN call INTEGER;   -- calls.id
ALTER TABLE rounds ADD COLUMN held_back TEXT; -- why the partner was not asked

ALTER TABLE deliveries ADD COLUMN warning TEXT;   -- of the partner, although it took the event
ALTER TABLE deliveries ADD COLUMN held_back TEXT; -- why the partner is not asked; beside what it said last
ALTER TABLE deliveries ADD COLUMN unknown_outcomes INTEGER NOT NULL DEFAULT 0;

-- Whether the same message id from the same source is a duplicate: not if nothing of the event was to be delivered.
ALTER TABLE events ADD COLUMN owns_id INTEGER NOT NULL DEFAULT 1;

DROP VIEW dead_letters;
DROP VIEW delivery_record;

CREATE VIEW delivery_record AS
SELECT d.id,
       (SELECT name FROM labels WHERE kind = 'outcome' AND code = d.state) AS outcome,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.received_at / 1000.0, 'unixepoch') AS received_at,
       s.name AS source,
       e.message_id,
       e.user,
       e.type,
       e.name,
       c.name AS connection,
       u.name AS subscription,
       a.name AS action,
       CASE WHEN d.state = 0 THEN strftime('%Y-%m-%dT%H:%M:%fZ', d.due / 1000.0, 'unixepoch') END AS due,
       strftime('%Y-%m-%dT%H:%M:%fZ', d.finished_at / 1000.0, 'unixepoch') AS finished_at,
       (SELECT name FROM labels WHERE kind = 'rule' AND code = d.rule) AS rule,
       (SELECT name FROM labels WHERE kind = 'stage' AND code = d.stage) AS stage,
       d.status,
       d.error_type,
       d.message,
       d.held_back,
       d.warning,
       d.attempts,
       d.rounds,
       CAST(e.body AS TEXT) AS body
FROM deliveries d
JOIN events e ON e.id = d.event
JOIN names s ON s.id = e.source
LEFT JOIN names c ON c.id = d.connection
LEFT JOIN names u ON u.id = d.subscription
LEFT JOIN names a ON a.id = d.action;

CREATE VIEW dead_letters AS
SELECT r.id, r.finished_at AS died_at, r.source, r.connection, r.subscription, r.action, r.message_id, r.user,
       r.stage, r.status, r.error_type, r.message, r.held_back, r.attempts, r.rounds, r.body
FROM deliveries d
JOIN delivery_record r ON r.id = d.id
WHERE d.state = 3;

-- Names of sources, connections, subscriptions and actions: rows elsewhere hold the number.
CREATE TABLE names (
    id   INTEGER PRIMARY KEY,
    name TEXT    NOT NULL UNIQUE
) STRICT;

-- Each accepted event once; it goes with the last of its deliveries.
CREATE TABLE events (
    id          INTEGER PRIMARY KEY, -- the id of its first delivery
    deliveries  INTEGER NOT NULL,    -- how many it was accepted with: ids id to id + deliveries - 1
    source      INTEGER NOT NULL,    -- names.id
    message_id  TEXT    NOT NULL,
    message_key INTEGER NOT NULL,    -- 8 bytes of the SHA-256 of message_id
    user        TEXT,
    user_key    INTEGER,             -- 8 bytes of the SHA-256 of user
    type        TEXT,
    name        TEXT,
    received_at INTEGER NOT NULL,    -- all times: milliseconds since 1970 UTC
    body        BLOB    NOT NULL     -- JSON
) STRICT;

CREATE INDEX events_by_message ON events (message_key);
-- In blocks of 4096 ids, so that new events change pages that were just changed.
CREATE INDEX events_by_user ON events (id >> 12, user_key) WHERE user_key IS NOT NULL;

-- One row for each delivery, for its whole life.
CREATE TABLE deliveries (
    id               INTEGER PRIMARY KEY,
    event            INTEGER NOT NULL,           -- events.id
    connection       INTEGER,                    -- names.id
    subscription     INTEGER,                    -- names.id
    action           INTEGER,                    -- names.id
    order_key        INTEGER,                    -- 8 bytes of a SHA-256: one after the other among equals
    state            INTEGER NOT NULL,           -- 0 waiting, 1 delivered, 2 skipped, 3 dead
    received_at      INTEGER NOT NULL,           -- as in events
    due              INTEGER,                    -- when it waits or waited
    horizon          INTEGER,
    finished_at      INTEGER,                    -- null while it waits
    rule             INTEGER,                    -- of a skip
    stage            INTEGER,                    -- of the last failure
    status           INTEGER,                    -- of the last round
    error_type       TEXT,                       -- of the last failure
    message          TEXT,                       -- of the last failure
    attempts         INTEGER NOT NULL DEFAULT 0,
    rounds           INTEGER NOT NULL DEFAULT 0,
    first_attempt_at INTEGER,
    resume           BLOB
) STRICT;

CREATE INDEX deliveries_waiting ON deliveries (connection, due) WHERE state = 0;
CREATE INDEX deliveries_in_order ON deliveries (connection, order_key) WHERE state = 0 AND order_key IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (state) WHERE state = 3;
CREATE INDEX deliveries_by_connection ON deliveries (connection) WHERE connection IS NOT NULL;

-- The rounds of deliveries that say more than the delivery's own row.
CREATE TABLE rounds (
    delivery    INTEGER NOT NULL,
    number      INTEGER NOT NULL, -- 1 is the first
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    status      INTEGER,
    stage       INTEGER,
    error_type  TEXT,
    message     TEXT,
    detail      BLOB,             -- JSON
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

-- Message ids of events that are gone before the window for duplicates has passed.
CREATE TABLE seen (
    key BLOB    NOT NULL PRIMARY KEY, -- 16 bytes of the SHA-256 of source and message id
    at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The ledger.
CREATE TABLE counts (
    connection INTEGER NOT NULL, -- names.id, 0 for none
    entry      INTEGER NOT NULL, -- a state, or 4 accepted, 5 purged, 6 replayed
    rule       INTEGER NOT NULL, -- of skips, otherwise 0
    total      INTEGER NOT NULL,
    rowless    INTEGER NOT NULL, -- how many of them have no row in deliveries (any more)
    PRIMARY KEY (connection, entry, rule)
) STRICT, WITHOUT ROWID;

-- Small values that outlive the process.
CREATE TABLE kept (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE next_delivery (
    id INTEGER NOT NULL
) STRICT;

INSERT INTO next_delivery VALUES (1);

-- For people with the sqlite3 shell.

CREATE TABLE labels (
    kind TEXT    NOT NULL,
    code INTEGER NOT NULL,
    name TEXT    NOT NULL,
    PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;

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
       r.stage, r.status, r.error_type, r.message, r.attempts, r.rounds, r.body
FROM deliveries d
JOIN delivery_record r ON r.id = d.id
WHERE d.state = 3;

CREATE VIEW queue_depth AS
SELECT c.name AS connection,
       count(*) AS waiting,
       strftime('%Y-%m-%dT%H:%M:%fZ', min(d.due) / 1000.0, 'unixepoch') AS oldest_due
FROM deliveries d
JOIN names c ON c.id = d.connection
WHERE d.state = 0
GROUP BY d.connection;

CREATE VIEW ledger AS
SELECT c.name AS connection,
       (SELECT name FROM labels WHERE kind IN ('outcome', 'entry') AND code = counts.entry) AS entry,
       (SELECT name FROM labels WHERE kind = 'rule' AND code = counts.rule) AS rule,
       counts.total
FROM counts
LEFT JOIN names c ON c.id = counts.connection;

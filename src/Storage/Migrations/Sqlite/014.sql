-- Where an account stands, for the budgets of the mass-disconnect guard: empty is not known, 0 watts is not estimated
-- (the sanctioned load counts then).
ALTER TABLE account ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN feeder TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN load_watts INTEGER NOT NULL DEFAULT 0;

-- Two people let it out of quarantine: the quarantine line no longer holds it, the hard cap does.
ALTER TABLE command ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
CREATE INDEX command_quarantined ON command (id) WHERE state = 14;
CREATE INDEX command_trip_made ON command (created_at) WHERE kind = 1;

-- Every cut that was dispatched, once for each budget it drew on, with running totals: what a window spent is the
-- difference of two rows.
CREATE TABLE trip_spent (
    scope INTEGER NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    trips INTEGER NOT NULL,
    watts INTEGER NOT NULL,
    PRIMARY KEY (scope, name, at, trips)
) STRICT, WITHOUT ROWID;
CREATE INDEX trip_spent_at ON trip_spent (at);
INSERT INTO trip_spent (scope, name, at, trips, watts)
SELECT 1, '', d.at, row_number() OVER (ORDER BY d.at, d.id),
    sum(coalesce(a.sanctioned_watts, 0)) OVER (ORDER BY d.at, d.id)
FROM dispatch d LEFT JOIN command c ON c.id = d.command LEFT JOIN account a ON a.id = c.account
WHERE d.kind = 1;

-- The switch that stops all cuts; reconnects never ask it.
ALTER TABLE trip_guard ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
CREATE TABLE trip_switch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stopped INTEGER NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

-- One row while nobody has seen it, however often it is raised meanwhile.
CREATE TABLE guard_alarm (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    line INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    name TEXT NOT NULL,
    sentence TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL,
    seen_by TEXT,
    seen_at INTEGER
) STRICT;
CREATE UNIQUE INDEX guard_alarm_open ON guard_alarm (line, scope, name) WHERE seen_at IS NULL;

-- What two people decide about quarantined cuts: asked for by one, decided by another.
CREATE TABLE guard_release (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    action INTEGER NOT NULL,
    state INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    cuts INTEGER NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    decided_note TEXT,
    moved INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE guard_release_cut (
    release INTEGER NOT NULL,
    command INTEGER NOT NULL,
    PRIMARY KEY (release, command)
) STRICT, WITHOUT ROWID;

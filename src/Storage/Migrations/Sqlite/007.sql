-- A meter that was replaced gives its point, its address and its relay free; its readings and records stay.
ALTER TABLE meter ADD COLUMN removed_at INTEGER;
DROP INDEX meter_point;
DROP INDEX meter_address;
DROP INDEX meter_relay;
CREATE UNIQUE INDEX meter_point ON meter (terminal, point) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX meter_address ON meter (terminal, address) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX meter_relay ON meter (account) WHERE has_relay AND removed_at IS NULL;

-- From from_at on the multiplier holds; before the first row, the one of the meter. The highest revision stands.
CREATE TABLE meter_multiplier (
    meter INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    multiplier INTEGER NOT NULL CHECK (multiplier > 0),
    register_at_change INTEGER,
    by_person TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (meter, from_at, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE meter_change (
    old_meter INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    closing_register INTEGER NOT NULL,
    new_meter INTEGER NOT NULL UNIQUE,
    opening_register INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by_person TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

-- What a check found; the same finding is kept once.
CREATE TABLE finding (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    check_kind INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    figures TEXT NOT NULL,
    sentence TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    resolved_at INTEGER,
    resolved_by TEXT,
    note TEXT,
    UNIQUE (check_kind, channel, from_at)
) STRICT;
CREATE INDEX finding_open ON finding (id) WHERE resolved_at IS NULL;
CREATE INDEX finding_channel ON finding (channel, id);

-- Two values of equal rank for one instant: neither is rated until a person has chosen.
CREATE TABLE reading_conflict (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel INTEGER NOT NULL,
    at INTEGER NOT NULL,
    first_value INTEGER NOT NULL,
    first_frame INTEGER NOT NULL,
    second_value INTEGER NOT NULL,
    second_frame INTEGER NOT NULL,
    quality INTEGER NOT NULL,
    raised_at INTEGER NOT NULL,
    choice INTEGER,
    chosen INTEGER,
    resolved_at INTEGER,
    resolved_by TEXT,
    note TEXT,
    UNIQUE (channel, at, first_value, second_value)
) STRICT;
CREATE INDEX reading_conflict_open ON reading_conflict (id) WHERE resolved_at IS NULL;

-- While it stands, nothing of the meter after from_at is rated.
CREATE TABLE billing_hold (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    meter INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    set_by TEXT NOT NULL,
    lifted_at INTEGER,
    lifted_by TEXT,
    note TEXT
) STRICT;
CREATE UNIQUE INDEX billing_hold_standing ON billing_hold (meter) WHERE lifted_at IS NULL;
CREATE INDEX billing_hold_meter ON billing_hold (meter, id);

-- A person let an item of the quarantine go on; what became of it.
CREATE TABLE quarantine_release (
    item INTEGER PRIMARY KEY,
    released_at INTEGER NOT NULL,
    released_by TEXT NOT NULL,
    outcome TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;

-- Values that were estimated, by stretch of a register; hours are those that had no value of their own.
CREATE TABLE estimate (
    channel INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    hours INTEGER NOT NULL,
    method TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    frame_id INTEGER NOT NULL,
    PRIMARY KEY (channel, from_at, made_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX estimate_made ON estimate (made_at, channel);

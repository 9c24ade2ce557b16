-- Expected and stored readings of a concentrator and hour; at is the hour's end. attempts counts how often the
-- concentrator was asked for what is missing.
CREATE TABLE terminal_hour (
    terminal INTEGER NOT NULL,
    at INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (terminal, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX terminal_hour_at ON terminal_hour (at, terminal);
CREATE INDEX terminal_hour_open ON terminal_hour (terminal, at) WHERE stored < expected;

-- When a concentrator's missing hours are looked at again, and before when it is not asked; failures since the last
-- answer that brought something. Never is the year 9999.
CREATE TABLE terminal_asking (
    terminal INTEGER PRIMARY KEY,
    look_at INTEGER NOT NULL,
    ask_from INTEGER NOT NULL,
    failures INTEGER NOT NULL
) STRICT;
CREATE INDEX terminal_asking_due ON terminal_asking (look_at, terminal);

-- The latest hour that has been counted, for all concentrators together.
CREATE TABLE hours_counted (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    through INTEGER NOT NULL
) STRICT;

-- drift_ms: by how much a concentrator's clock was ahead at read_at.
CREATE TABLE terminal_clock (
    terminal INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    drift_ms INTEGER NOT NULL,
    read_at INTEGER,
    flagged_at INTEGER,
    set_at INTEGER,
    set_by TEXT,
    due_at INTEGER NOT NULL
) STRICT;

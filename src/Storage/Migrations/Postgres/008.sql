-- Expected and stored readings of a concentrator and hour; at is the hour's end. attempts counts how often the
-- concentrator was asked for what is missing.
CREATE TABLE terminal_hour (
    terminal bigint NOT NULL,
    at timestamptz NOT NULL,
    expected integer NOT NULL,
    stored integer NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (terminal, at)
);
CREATE INDEX terminal_hour_at ON terminal_hour (at, terminal);
CREATE INDEX terminal_hour_open ON terminal_hour (terminal, at) WHERE stored < expected;

-- When a concentrator's missing hours are looked at again, and before when it is not asked; failures since the last
-- answer that brought something. Never is the year 9999.
CREATE TABLE terminal_asking (
    terminal bigint PRIMARY KEY,
    look_at timestamptz NOT NULL,
    ask_from timestamptz NOT NULL,
    failures integer NOT NULL
);
CREATE INDEX terminal_asking_due ON terminal_asking (look_at, terminal);

-- The latest hour that has been counted, for all concentrators together.
CREATE TABLE hours_counted (
    id integer PRIMARY KEY CHECK (id = 1),
    through timestamptz NOT NULL
);

-- drift_ms: by how much a concentrator's clock was ahead at read_at.
CREATE TABLE terminal_clock (
    terminal bigint PRIMARY KEY,
    state smallint NOT NULL,
    drift_ms bigint NOT NULL,
    read_at timestamptz,
    flagged_at timestamptz,
    set_at timestamptz,
    set_by text,
    due_at timestamptz NOT NULL
);

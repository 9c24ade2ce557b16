-- A meter that was replaced gives its point, its address and its relay free; its readings and records stay.
ALTER TABLE meter ADD COLUMN removed_at timestamptz;
DROP INDEX meter_point;
DROP INDEX meter_address;
DROP INDEX meter_relay;
CREATE UNIQUE INDEX meter_point ON meter (terminal, point) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX meter_address ON meter (terminal, address) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX meter_relay ON meter (account) WHERE has_relay AND removed_at IS NULL;

-- From from_at on the multiplier holds; before the first row, the one of the meter. The highest revision stands.
CREATE TABLE meter_multiplier (
    meter bigint NOT NULL,
    from_at timestamptz NOT NULL,
    revision integer NOT NULL,
    multiplier integer NOT NULL CHECK (multiplier > 0),
    register_at_change bigint,
    by_person text NOT NULL,
    recorded_at timestamptz NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (meter, from_at, revision)
);

CREATE TABLE meter_change (
    old_meter bigint PRIMARY KEY,
    account bigint NOT NULL,
    closing_register bigint NOT NULL,
    new_meter bigint NOT NULL UNIQUE,
    opening_register bigint NOT NULL,
    at timestamptz NOT NULL,
    by_person text NOT NULL,
    recorded_at timestamptz NOT NULL,
    note text NOT NULL
);

-- What a check found; the same finding is kept once.
CREATE TABLE finding (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    check_kind smallint NOT NULL,
    channel bigint NOT NULL,
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL,
    figures text NOT NULL,
    sentence text NOT NULL,
    raised_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by text,
    note text,
    UNIQUE (check_kind, channel, from_at)
);
CREATE INDEX finding_open ON finding (id) WHERE resolved_at IS NULL;
CREATE INDEX finding_channel ON finding (channel, id);

-- Two values of equal rank for one instant: neither is rated until a person has chosen.
CREATE TABLE reading_conflict (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel bigint NOT NULL,
    at timestamptz NOT NULL,
    first_value bigint NOT NULL,
    first_frame bigint NOT NULL,
    second_value bigint NOT NULL,
    second_frame bigint NOT NULL,
    quality smallint NOT NULL,
    raised_at timestamptz NOT NULL,
    choice smallint,
    chosen bigint,
    resolved_at timestamptz,
    resolved_by text,
    note text,
    UNIQUE (channel, at, first_value, second_value)
);
CREATE INDEX reading_conflict_open ON reading_conflict (id) WHERE resolved_at IS NULL;

-- While it stands, nothing of the meter after from_at is rated.
CREATE TABLE billing_hold (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter bigint NOT NULL,
    from_at timestamptz NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    set_at timestamptz NOT NULL,
    set_by text NOT NULL,
    lifted_at timestamptz,
    lifted_by text,
    note text
);
CREATE UNIQUE INDEX billing_hold_standing ON billing_hold (meter) WHERE lifted_at IS NULL;
CREATE INDEX billing_hold_meter ON billing_hold (meter, id);

-- A person let an item of the quarantine go on; what became of it.
CREATE TABLE quarantine_release (
    item bigint PRIMARY KEY,
    released_at timestamptz NOT NULL,
    released_by text NOT NULL,
    outcome text NOT NULL,
    note text NOT NULL
);

-- Values that were estimated, by stretch of a register; hours are those that had no value of their own.
CREATE TABLE estimate (
    channel bigint NOT NULL,
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL,
    hours integer NOT NULL,
    method text NOT NULL,
    made_at timestamptz NOT NULL,
    frame_id bigint NOT NULL,
    PRIMARY KEY (channel, from_at, made_at)
);
CREATE INDEX estimate_made ON estimate (made_at, channel);

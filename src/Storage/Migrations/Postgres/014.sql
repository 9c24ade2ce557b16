-- Where an account stands, for the budgets of the mass-disconnect guard: empty is not known, 0 watts is not estimated
-- (the sanctioned load counts then).
ALTER TABLE account ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN feeder text NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN load_watts integer NOT NULL DEFAULT 0;

-- Two people let it out of quarantine: the quarantine line no longer holds it, the hard cap does.
ALTER TABLE command ADD COLUMN released boolean NOT NULL DEFAULT false;
CREATE INDEX command_quarantined ON command (id) WHERE state = 14;
CREATE INDEX command_trip_made ON command (created_at) WHERE kind = 1;

-- Every cut that was dispatched, once for each budget it drew on, with running totals: what a window spent is the
-- difference of two rows.
CREATE TABLE trip_spent (
    scope smallint NOT NULL,
    name text NOT NULL,
    at timestamptz NOT NULL,
    trips bigint NOT NULL,
    watts bigint NOT NULL,
    PRIMARY KEY (scope, name, at, trips)
);
CREATE INDEX trip_spent_at ON trip_spent (at);
INSERT INTO trip_spent (scope, name, at, trips, watts)
SELECT 1, '', d.at, row_number() OVER (ORDER BY d.at, d.id),
    sum(coalesce(a.sanctioned_watts, 0)) OVER (ORDER BY d.at, d.id)
FROM dispatch d LEFT JOIN command c ON c.id = d.command LEFT JOIN account a ON a.id = c.account
WHERE d.kind = 1;

-- The switch that stops all cuts; reconnects never ask it.
ALTER TABLE trip_guard ADD COLUMN stopped boolean NOT NULL DEFAULT false;
CREATE TABLE trip_switch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stopped boolean NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    note text NOT NULL
);

-- One row while nobody has seen it, however often it is raised meanwhile.
CREATE TABLE guard_alarm (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    line smallint NOT NULL,
    scope smallint NOT NULL,
    name text NOT NULL,
    sentence text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times bigint NOT NULL,
    seen_by text,
    seen_at timestamptz
);
CREATE UNIQUE INDEX guard_alarm_open ON guard_alarm (line, scope, name) WHERE seen_at IS NULL;

-- What two people decide about quarantined cuts: asked for by one, decided by another.
CREATE TABLE guard_release (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action smallint NOT NULL,
    state smallint NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    note text NOT NULL,
    cuts bigint NOT NULL,
    decided_by text,
    decided_at timestamptz,
    decided_note text,
    moved bigint NOT NULL DEFAULT 0
);
CREATE TABLE guard_release_cut (
    release bigint NOT NULL,
    command bigint NOT NULL,
    PRIMARY KEY (release, command)
);

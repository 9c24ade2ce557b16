-- Days are local calendar days, money is minor units, energy tenths of a watt-hour, exact charges 10^-10 minor units.
-- Enumerations keep the numbers of the program's enums. No statement reads the server's clock.

-- One row per shard: whoever raises the epoch owns it. closes_through is where the last closed day ends.
CREATE TABLE shard (
    shard integer PRIMARY KEY,
    epoch bigint NOT NULL,
    closed_day date,
    closes_through timestamptz
);

CREATE TABLE terminal (
    address bigint PRIMARY KEY,
    name text NOT NULL,
    zone text NOT NULL,
    feeder text NOT NULL
);

CREATE TABLE account (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    phone text NOT NULL,
    language text NOT NULL,
    currency text NOT NULL,
    tariff text NOT NULL,
    policy text NOT NULL,
    shard integer NOT NULL,
    sanctioned_watts integer NOT NULL,
    never_cut boolean NOT NULL
);
CREATE INDEX account_shard ON account (shard, id);

CREATE TABLE meter (
    id bigint PRIMARY KEY,
    address bigint NOT NULL,
    terminal bigint NOT NULL,
    point integer NOT NULL,
    port smallint NOT NULL,
    multiplier integer NOT NULL,
    account bigint NOT NULL,
    has_relay boolean NOT NULL
);
CREATE UNIQUE INDEX meter_point ON meter (terminal, point);
CREATE UNIQUE INDEX meter_address ON meter (terminal, address);
CREATE UNIQUE INDEX meter_relay ON meter (account) WHERE has_relay;
CREATE INDEX meter_account ON meter (account);

CREATE TABLE tariff (
    id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    effective_from timestamptz NOT NULL,
    json text NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id, version)
);

CREATE TABLE policy (
    id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    effective_from timestamptz NOT NULL,
    json text NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id, version)
);

-- The hot table. channel is meter * 16 + register.
CREATE TABLE reading (
    channel bigint NOT NULL,
    at timestamptz NOT NULL,
    register bigint NOT NULL,
    charge bigint NOT NULL,
    quality smallint NOT NULL,
    frame_id bigint NOT NULL,
    PRIMARY KEY (channel, at)
);

CREATE TABLE raw_frame (
    id bigint PRIMARY KEY,
    terminal bigint NOT NULL,
    received_at timestamptz NOT NULL,
    bytes bytea NOT NULL
);

CREATE TABLE unregistered_frame (
    id bigint PRIMARY KEY,
    terminal bigint NOT NULL,
    received_at timestamptz NOT NULL,
    bytes bytea NOT NULL
);
CREATE INDEX unregistered_frame_terminal ON unregistered_frame (terminal, received_at, id);

CREATE TABLE quarantine (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    frame_id bigint NOT NULL,
    terminal bigint NOT NULL,
    received_at timestamptz NOT NULL,
    kind text NOT NULL,
    point integer,
    function integer,
    channel bigint,
    at timestamptz,
    value bigint,
    detail text NOT NULL
);
CREATE INDEX quarantine_kind ON quarantine (kind, id);

CREATE TABLE payment (
    key text COLLATE "C" PRIMARY KEY,
    account bigint NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    channel smallint NOT NULL,
    taken_by text NOT NULL,
    reference text,
    receipt text NOT NULL,
    posted_at timestamptz NOT NULL,
    balance_after bigint NOT NULL
);
CREATE INDEX payment_account ON payment (account, posted_at);

-- Each row is a whole double entry: the ledger is zero-sum by its shape.
CREATE TABLE ledger (
    shard integer NOT NULL,
    id bigint NOT NULL,
    posted_at timestamptz NOT NULL,
    day date NOT NULL,
    account bigint NOT NULL,
    debit smallint NOT NULL,
    credit smallint NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    kind smallint NOT NULL,
    payment_key text,
    PRIMARY KEY (shard, id)
);
CREATE INDEX ledger_account ON ledger (account, id);

CREATE TABLE crossing (
    account bigint NOT NULL,
    threshold smallint NOT NULL,
    arm integer NOT NULL,
    direction smallint NOT NULL,
    at timestamptz NOT NULL,
    balance bigint NOT NULL,
    level bigint NOT NULL,
    PRIMARY KEY (account, threshold, arm, direction)
);

CREATE TABLE threshold_state (
    account bigint PRIMARY KEY,
    crossed_mask smallint NOT NULL,
    arm integer NOT NULL
);

-- closes_through is the instant at which the day ends: later readings are not in the journal.
CREATE TABLE day_charge (
    account bigint NOT NULL,
    day date NOT NULL,
    closes_through timestamptz NOT NULL,
    exact bigint NOT NULL,
    posted bigint NOT NULL,
    carry bigint NOT NULL,
    average_day bigint NOT NULL,
    PRIMARY KEY (account, day)
);

CREATE TABLE accrual_correction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    day date NOT NULL,
    closed_through date NOT NULL,
    delta bigint NOT NULL
);
CREATE INDEX accrual_correction_account ON accrual_correction (account, closed_through);

CREATE TABLE account_snapshot (
    account bigint PRIMARY KEY,
    entry_id bigint NOT NULL,
    journal bigint NOT NULL,
    accrued_open bigint NOT NULL,
    accrued_next bigint NOT NULL,
    last_purchase bigint NOT NULL,
    average_day bigint NOT NULL
);

-- seen_hours is a set of 64 bits, kept as a signed number.
CREATE TABLE channel_snapshot (
    channel bigint PRIMARY KEY,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    last_register bigint NOT NULL,
    last_quality smallint NOT NULL,
    period_start timestamptz NOT NULL,
    period_base bigint NOT NULL,
    seen_hours bigint NOT NULL
);

-- ladder_from is when the ladder was last at rung 0. Never is the year 9999.
CREATE TABLE control_case (
    account bigint PRIMARY KEY,
    rung integer NOT NULL DEFAULT 0,
    rung_at timestamptz NOT NULL DEFAULT 'epoch',
    ladder_from timestamptz NOT NULL DEFAULT 'epoch',
    desired smallint NOT NULL DEFAULT 0,
    actual smallint NOT NULL DEFAULT 0,
    actual_at timestamptz NOT NULL DEFAULT 'epoch',
    alarm_on boolean NOT NULL DEFAULT false,
    manual_off boolean NOT NULL DEFAULT false,
    due_at timestamptz NOT NULL,
    revision bigint NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0
);
CREATE INDEX control_case_due ON control_case (due_at, account);

CREATE TABLE command (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    meter bigint NOT NULL,
    meter_address bigint NOT NULL,
    terminal bigint NOT NULL,
    kind smallint NOT NULL,
    state smallint NOT NULL,
    origin smallint NOT NULL,
    requested_by text NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    fence bigint NOT NULL,
    session_id bigint NOT NULL,
    sent_at timestamptz,
    reason text NOT NULL,
    priority smallint NOT NULL,
    detail text NOT NULL DEFAULT ''
);
-- At most one command of a kind that is not final (8 to 13) per meter.
CREATE UNIQUE INDEX command_active ON command (meter, kind) WHERE state NOT IN (8, 9, 10, 11, 12, 13);
CREATE INDEX command_account ON command (account, id);
CREATE INDEX command_queued ON command (priority, due_at, id) WHERE state = 4;
CREATE INDEX command_flight ON command (due_at) WHERE state IN (4, 5, 6, 7);

-- Every dispatch, also repeated ones: memory of the limiter and of the mass-disconnect guard.
CREATE TABLE dispatch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    command bigint NOT NULL,
    terminal bigint NOT NULL,
    kind smallint NOT NULL
);
CREATE INDEX dispatch_kind ON dispatch (kind, at);
CREATE INDEX dispatch_at ON dispatch (at);

-- Its one row is locked while a trip is dispatched.
CREATE TABLE trip_guard (id integer PRIMARY KEY);
INSERT INTO trip_guard (id) VALUES (1);

CREATE TABLE notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    kind smallint NOT NULL,
    phone text NOT NULL,
    language text NOT NULL,
    text text NOT NULL,
    state smallint NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    done_at timestamptz,
    detail text
);
CREATE INDEX notice_account ON notice (account, id);
CREATE INDEX notice_queued ON notice (due_at, id) WHERE state = 1;

CREATE TABLE decision (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    at timestamptz NOT NULL,
    outcome text NOT NULL,
    reasons text NOT NULL,
    balance bigint NOT NULL,
    balance_as_of timestamptz,
    policy text NOT NULL
);
CREATE INDEX decision_account ON decision (account, id);

CREATE TABLE hold (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    kind smallint NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    by_person text NOT NULL,
    note text NOT NULL,
    lifted_at timestamptz,
    lifted_by text
);
CREATE INDEX hold_account ON hold (account, kind);

-- hash is SHA-256 of the key; the key itself is never stored.
CREATE TABLE api_key (
    name text COLLATE "C" PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    person text NOT NULL,
    roles text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

-- Instants are microseconds since 1970, days are days since 1970, money is minor units, energy tenths of a watt-hour,
-- exact charges 10^-10 minor units, truth values 0 and 1. Enumerations keep the numbers of the program's enums.

-- One row per shard: whoever raises the epoch owns it. closes_through is where the last closed day ends.
CREATE TABLE shard (
    shard INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    closed_day INTEGER,
    closes_through INTEGER
) STRICT;

CREATE TABLE terminal (
    address INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    feeder TEXT NOT NULL
) STRICT;

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    language TEXT NOT NULL,
    currency TEXT NOT NULL,
    tariff TEXT NOT NULL,
    policy TEXT NOT NULL,
    shard INTEGER NOT NULL,
    sanctioned_watts INTEGER NOT NULL,
    never_cut INTEGER NOT NULL
) STRICT;
CREATE INDEX account_shard ON account (shard, id);

CREATE TABLE meter (
    id INTEGER PRIMARY KEY,
    address INTEGER NOT NULL,
    terminal INTEGER NOT NULL,
    point INTEGER NOT NULL,
    port INTEGER NOT NULL,
    multiplier INTEGER NOT NULL,
    account INTEGER NOT NULL,
    has_relay INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX meter_point ON meter (terminal, point);
CREATE UNIQUE INDEX meter_address ON meter (terminal, address);
CREATE UNIQUE INDEX meter_relay ON meter (account) WHERE has_relay;
CREATE INDEX meter_account ON meter (account);

CREATE TABLE tariff (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    effective_from INTEGER NOT NULL,
    json TEXT NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    effective_from INTEGER NOT NULL,
    json TEXT NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- The hot table. channel is meter * 16 + register.
CREATE TABLE reading (
    channel INTEGER NOT NULL,
    at INTEGER NOT NULL,
    register INTEGER NOT NULL,
    charge INTEGER NOT NULL,
    quality INTEGER NOT NULL,
    frame_id INTEGER NOT NULL,
    PRIMARY KEY (channel, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE raw_frame (
    id INTEGER PRIMARY KEY,
    terminal INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE unregistered_frame (
    id INTEGER PRIMARY KEY,
    terminal INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX unregistered_frame_terminal ON unregistered_frame (terminal, received_at, id);

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    frame_id INTEGER NOT NULL,
    terminal INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    point INTEGER,
    function INTEGER,
    channel INTEGER,
    at INTEGER,
    value INTEGER,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX quarantine_kind ON quarantine (kind, id);

CREATE TABLE payment (
    key TEXT PRIMARY KEY,
    account INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    channel INTEGER NOT NULL,
    taken_by TEXT NOT NULL,
    reference TEXT,
    receipt TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    balance_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_account ON payment (account, posted_at);

-- Each row is a whole double entry: the ledger is zero-sum by its shape.
CREATE TABLE ledger (
    shard INTEGER NOT NULL,
    id INTEGER NOT NULL,
    posted_at INTEGER NOT NULL,
    day INTEGER NOT NULL,
    account INTEGER NOT NULL,
    debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    kind INTEGER NOT NULL,
    payment_key TEXT,
    PRIMARY KEY (shard, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_account ON ledger (account, id);

CREATE TABLE crossing (
    account INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    arm INTEGER NOT NULL,
    direction INTEGER NOT NULL,
    at INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    level INTEGER NOT NULL,
    PRIMARY KEY (account, threshold, arm, direction)
) STRICT, WITHOUT ROWID;

CREATE TABLE threshold_state (
    account INTEGER PRIMARY KEY,
    crossed_mask INTEGER NOT NULL,
    arm INTEGER NOT NULL
) STRICT;

-- closes_through is the instant at which the day ends: later readings are not in the journal.
CREATE TABLE day_charge (
    account INTEGER NOT NULL,
    day INTEGER NOT NULL,
    closes_through INTEGER NOT NULL,
    exact INTEGER NOT NULL,
    posted INTEGER NOT NULL,
    carry INTEGER NOT NULL,
    average_day INTEGER NOT NULL,
    PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE accrual_correction (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    day INTEGER NOT NULL,
    closed_through INTEGER NOT NULL,
    delta INTEGER NOT NULL
) STRICT;
CREATE INDEX accrual_correction_account ON accrual_correction (account, closed_through);

CREATE TABLE account_snapshot (
    account INTEGER PRIMARY KEY,
    entry_id INTEGER NOT NULL,
    journal INTEGER NOT NULL,
    accrued_open INTEGER NOT NULL,
    accrued_next INTEGER NOT NULL,
    last_purchase INTEGER NOT NULL,
    average_day INTEGER NOT NULL
) STRICT;

-- seen_hours is a set of 64 bits, kept as a signed number.
CREATE TABLE channel_snapshot (
    channel INTEGER PRIMARY KEY,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    last_register INTEGER NOT NULL,
    last_quality INTEGER NOT NULL,
    period_start INTEGER NOT NULL,
    period_base INTEGER NOT NULL,
    seen_hours INTEGER NOT NULL
) STRICT;

-- ladder_from is when the ladder was last at rung 0. Never is the year 9999.
CREATE TABLE control_case (
    account INTEGER PRIMARY KEY,
    rung INTEGER NOT NULL DEFAULT 0,
    rung_at INTEGER NOT NULL DEFAULT 0,
    ladder_from INTEGER NOT NULL DEFAULT 0,
    desired INTEGER NOT NULL DEFAULT 0,
    actual INTEGER NOT NULL DEFAULT 0,
    actual_at INTEGER NOT NULL DEFAULT 0,
    alarm_on INTEGER NOT NULL DEFAULT 0,
    manual_off INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX control_case_due ON control_case (due_at, account);

CREATE TABLE command (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    meter INTEGER NOT NULL,
    meter_address INTEGER NOT NULL,
    terminal INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    session_id INTEGER NOT NULL,
    sent_at INTEGER,
    reason TEXT NOT NULL,
    priority INTEGER NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
-- At most one command of a kind that is not final (8 to 13) per meter.
CREATE UNIQUE INDEX command_active ON command (meter, kind) WHERE state NOT IN (8, 9, 10, 11, 12, 13);
CREATE INDEX command_account ON command (account, id);
CREATE INDEX command_queued ON command (priority, due_at, id) WHERE state = 4;
CREATE INDEX command_flight ON command (due_at) WHERE state IN (4, 5, 6, 7);

-- Every dispatch, also repeated ones: memory of the limiter and of the mass-disconnect guard.
CREATE TABLE dispatch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    command INTEGER NOT NULL,
    terminal INTEGER NOT NULL,
    kind INTEGER NOT NULL
) STRICT;
CREATE INDEX dispatch_kind ON dispatch (kind, at);
CREATE INDEX dispatch_at ON dispatch (at);

-- Its one row is locked while a trip is dispatched.
CREATE TABLE trip_guard (id INTEGER PRIMARY KEY) STRICT;
INSERT INTO trip_guard (id) VALUES (1);

CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    phone TEXT NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    state INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    done_at INTEGER,
    detail TEXT
) STRICT;
CREATE INDEX notice_account ON notice (account, id);
CREATE INDEX notice_queued ON notice (due_at, id) WHERE state = 1;

CREATE TABLE decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reasons TEXT NOT NULL,
    balance INTEGER NOT NULL,
    balance_as_of INTEGER,
    policy TEXT NOT NULL
) STRICT;
CREATE INDEX decision_account ON decision (account, id);

CREATE TABLE hold (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    by_person TEXT NOT NULL,
    note TEXT NOT NULL,
    lifted_at INTEGER,
    lifted_by TEXT
) STRICT;
CREATE INDEX hold_account ON hold (account, kind);

-- hash is SHA-256 of the key; the key itself is never stored.
CREATE TABLE api_key (
    name TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    person TEXT NOT NULL,
    roles TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

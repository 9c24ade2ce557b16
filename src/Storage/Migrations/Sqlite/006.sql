-- How a payment was divided, handed over, and booked.
ALTER TABLE payment ADD COLUMN tender INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment ADD COLUMN split TEXT;
ALTER TABLE payment ADD COLUMN day INTEGER;
ALTER TABLE payment ADD COLUMN shift INTEGER;
CREATE INDEX payment_day ON payment (channel, day);
CREATE INDEX payment_shift ON payment (shift) WHERE shift IS NOT NULL;
CREATE INDEX payment_suspense ON payment (posted_at) WHERE substr(split, 1, 3) = '30:';
CREATE INDEX ledger_group ON ledger (shard, group_id);

-- Entries that sub-accounts are made of: few, and read whole at a start.
CREATE INDEX ledger_sub ON ledger (shard, account)
    WHERE debit BETWEEN 40 AND 43 OR credit BETWEEN 40 AND 43 OR kind = 11;

-- What is done in the ledger other than payments and charges. state: 1 pending, 2 in transit, 3 posted, 4 declined.
CREATE TABLE operation (
    key TEXT PRIMARY KEY,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    account INTEGER NOT NULL,
    other INTEGER,
    sub INTEGER,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    target TEXT,
    party TEXT,
    note TEXT NOT NULL,
    by_person TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    approved_by TEXT,
    done_at INTEGER,
    group_id INTEGER,
    balance_after INTEGER
) STRICT, WITHOUT ROWID;
-- A payment is taken back, or released, once.
CREATE UNIQUE INDEX operation_target ON operation (target) WHERE target IS NOT NULL AND state <> 4;
CREATE INDEX operation_open ON operation (requested_at) WHERE state IN (1, 2);
CREATE INDEX operation_account ON operation (account, requested_at);
CREATE INDEX operation_party ON operation (party, currency) WHERE party IS NOT NULL;

CREATE TABLE agent (
    person TEXT NOT NULL,
    currency TEXT NOT NULL,
    ceiling INTEGER NOT NULL,
    PRIMARY KEY (person, currency)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_agent ON payment (taken_by, currency) WHERE channel = 4;

-- float_minor is what lay in the till at its opening.
CREATE TABLE till_shift (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    till TEXT NOT NULL,
    person TEXT NOT NULL,
    currency TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    float_minor INTEGER NOT NULL,
    counted INTEGER,
    expected INTEGER,
    closed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX till_shift_till ON till_shift (till) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX till_shift_person ON till_shift (person) WHERE closed_at IS NULL;

-- Files as they came; done when every line is in the ledger. kind: 1 payments, 2 opening balances.
CREATE TABLE money_file (
    name TEXT PRIMARY KEY,
    kind INTEGER NOT NULL,
    content TEXT NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    done_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE reconciliation (
    name TEXT PRIMARY KEY,
    channel INTEGER NOT NULL,
    day INTEGER NOT NULL,
    currency TEXT NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    matched INTEGER NOT NULL,
    matched_minor INTEGER NOT NULL,
    here_count INTEGER NOT NULL,
    here_minor INTEGER NOT NULL,
    signed_by TEXT,
    signed_at INTEGER
) STRICT, WITHOUT ROWID;

-- Differences only. outcome: 2 only here, 3 only there, 4 amount differs.
CREATE TABLE reconciliation_item (
    reconciliation TEXT NOT NULL,
    key TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    here_minor INTEGER,
    there_minor INTEGER,
    account INTEGER,
    note TEXT,
    resolved_by TEXT,
    resolved_at INTEGER,
    PRIMARY KEY (reconciliation, key)
) STRICT, WITHOUT ROWID;

-- Signed off: what comes later is booked to the next open day.
CREATE TABLE day_lock (
    channel INTEGER NOT NULL,
    day INTEGER NOT NULL,
    reconciliation TEXT NOT NULL,
    PRIMARY KEY (channel, day)
) STRICT, WITHOUT ROWID;

-- What each customer owes beside the prepaid balance.
CREATE VIEW sub_account_balance AS
SELECT account, ledger_account, sum(minor) AS balance FROM (
    SELECT account, debit AS ledger_account, amount AS minor FROM ledger WHERE debit BETWEEN 40 AND 43
    UNION ALL
    SELECT account, credit, -amount FROM ledger WHERE credit BETWEEN 40 AND 43
) AS side
GROUP BY account, ledger_account;

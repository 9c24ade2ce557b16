-- How a payment was divided, handed over, and booked.
ALTER TABLE payment ADD COLUMN tender smallint NOT NULL DEFAULT 0;
ALTER TABLE payment ADD COLUMN split text;
ALTER TABLE payment ADD COLUMN day date;
ALTER TABLE payment ADD COLUMN shift bigint;
CREATE INDEX payment_day ON payment (channel, day);
CREATE INDEX payment_shift ON payment (shift) WHERE shift IS NOT NULL;
CREATE INDEX payment_suspense ON payment (posted_at) WHERE substr(split, 1, 3) = '30:';
CREATE INDEX ledger_group ON ledger (shard, group_id);

-- Entries that sub-accounts are made of: few, and read whole at a start.
CREATE INDEX ledger_sub ON ledger (shard, account)
    WHERE debit BETWEEN 40 AND 43 OR credit BETWEEN 40 AND 43 OR kind = 11;

-- What is done in the ledger other than payments and charges. state: 1 pending, 2 in transit, 3 posted, 4 declined.
CREATE TABLE operation (
    key text COLLATE "C" PRIMARY KEY,
    kind smallint NOT NULL,
    state smallint NOT NULL,
    shard integer NOT NULL,
    account bigint NOT NULL,
    other bigint,
    sub smallint,
    amount bigint NOT NULL,
    currency text NOT NULL,
    target text,
    party text,
    note text NOT NULL,
    by_person text NOT NULL,
    requested_at timestamptz NOT NULL,
    approved_by text,
    done_at timestamptz,
    group_id bigint,
    balance_after bigint
);
-- A payment is taken back, or released, once.
CREATE UNIQUE INDEX operation_target ON operation (target) WHERE target IS NOT NULL AND state <> 4;
CREATE INDEX operation_open ON operation (requested_at) WHERE state IN (1, 2);
CREATE INDEX operation_account ON operation (account, requested_at);
CREATE INDEX operation_party ON operation (party, currency) WHERE party IS NOT NULL;

CREATE TABLE agent (
    person text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    ceiling bigint NOT NULL,
    PRIMARY KEY (person, currency)
);
CREATE INDEX payment_agent ON payment (taken_by, currency) WHERE channel = 4;

-- float_minor is what lay in the till at its opening.
CREATE TABLE till_shift (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    till text NOT NULL,
    person text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    opened_at timestamptz NOT NULL,
    float_minor bigint NOT NULL,
    counted bigint,
    expected bigint,
    closed_at timestamptz
);
CREATE UNIQUE INDEX till_shift_till ON till_shift (till) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX till_shift_person ON till_shift (person) WHERE closed_at IS NULL;

-- Files as they came; done when every line is in the ledger. kind: 1 payments, 2 opening balances.
CREATE TABLE money_file (
    name text COLLATE "C" PRIMARY KEY,
    kind smallint NOT NULL,
    content text NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    done_at timestamptz
);

CREATE TABLE reconciliation (
    name text COLLATE "C" PRIMARY KEY,
    channel smallint NOT NULL,
    day date NOT NULL,
    currency text NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    matched bigint NOT NULL,
    matched_minor bigint NOT NULL,
    here_count bigint NOT NULL,
    here_minor bigint NOT NULL,
    signed_by text,
    signed_at timestamptz
);

-- Differences only. outcome: 2 only here, 3 only there, 4 amount differs.
CREATE TABLE reconciliation_item (
    reconciliation text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    outcome smallint NOT NULL,
    here_minor bigint,
    there_minor bigint,
    account bigint,
    note text,
    resolved_by text,
    resolved_at timestamptz,
    PRIMARY KEY (reconciliation, key)
);

-- Signed off: what comes later is booked to the next open day.
CREATE TABLE day_lock (
    channel smallint NOT NULL,
    day date NOT NULL,
    reconciliation text COLLATE "C" NOT NULL,
    PRIMARY KEY (channel, day)
);

-- What each customer owes beside the prepaid balance.
CREATE VIEW sub_account_balance AS
SELECT account, ledger_account, CAST(sum(minor) AS bigint) AS balance FROM (
    SELECT account, debit AS ledger_account, amount AS minor FROM ledger WHERE debit BETWEEN 40 AND 43
    UNION ALL
    SELECT account, credit, -amount FROM ledger WHERE credit BETWEEN 40 AND 43
) AS side
GROUP BY account, ledger_account;

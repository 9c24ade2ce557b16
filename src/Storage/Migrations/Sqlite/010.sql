-- Charges are in steps of the tariff: per_minor steps are one minor unit (docs/adr/0002).
ALTER TABLE tariff ADD COLUMN per_minor INTEGER NOT NULL DEFAULT 10000000000;

-- Journal lines by line of the tariff, where it has several.
CREATE TABLE day_line (
    account INTEGER NOT NULL,
    day INTEGER NOT NULL,
    line TEXT NOT NULL,
    exact INTEGER NOT NULL,
    posted INTEGER NOT NULL,
    PRIMARY KEY (account, day, line)
) WITHOUT ROWID;

-- What a correction posted at once, in entries of its own.
ALTER TABLE accrual_correction ADD COLUMN posted INTEGER NOT NULL DEFAULT 0;

ALTER TABLE account_snapshot ADD COLUMN closed_through INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_snapshot ADD COLUMN lines TEXT NOT NULL DEFAULT '';
UPDATE account_snapshot SET closed_through = coalesce((
    SELECT s.closed_day FROM account a JOIN shard s ON s.shard = a.shard WHERE a.id = account_snapshot.account), 0);

-- Usage: energy after multipliers. The base of the period is in it too.
ALTER TABLE channel_snapshot ADD COLUMN last_usage INTEGER NOT NULL DEFAULT 0;
UPDATE channel_snapshot SET
    last_usage = last_register * coalesce((SELECT m.multiplier FROM meter m WHERE m.id = channel >> 4), 1),
    period_base = period_base * coalesce((SELECT m.multiplier FROM meter m WHERE m.id = channel >> 4), 1);

-- Readings that stand but are not rated: disputed, or taken out by a person.
CREATE TABLE unrated_reading (
    channel INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (channel, at)
) WITHOUT ROWID;

DROP VIEW account_balance;
DROP VIEW account_unposted;

-- What is not in the journal yet, exact: carry of the last line, later readings, what corrections did not post.
CREATE VIEW account_unposted AS
SELECT
    id AS account,
    per_minor,
    last_carry
    + coalesce((
        SELECT sum(r.charge)
        FROM meter m JOIN reading r
            ON r.channel IN (m.id * 16, m.id * 16 + 1) AND r.at > position.journal_through
        WHERE m.account = position.id), 0)
    + coalesce((
        SELECT sum(c.delta - c.posted * position.per_minor) FROM accrual_correction c
        WHERE c.account = position.id AND c.closed_through >= position.last_day), 0) AS exact
FROM (
    SELECT
        a.id,
        coalesce(d.carry, 0) AS last_carry,
        coalesce(d.day, -9223372036854775808) AS last_day,
        coalesce(d.closes_through, s.closes_through, -9223372036854775808) AS journal_through,
        coalesce(
            (SELECT t.per_minor FROM tariff t WHERE t.id = a.tariff ORDER BY t.version LIMIT 1),
            10000000000) AS per_minor
    FROM account a
    LEFT JOIN shard s ON s.shard = a.shard
    LEFT JOIN day_charge d ON d.account = a.id
        AND d.day = (SELECT max(l.day) FROM day_charge l WHERE l.account = a.id)
) AS position;

-- balance = journal - round_half_up(unposted), minor units. The remainder makes the division round down below zero too.
CREATE VIEW account_balance AS
SELECT
    account,
    currency,
    journal - (shifted - ((shifted % per_minor) + per_minor) % per_minor) / per_minor AS balance,
    as_of
FROM (
    SELECT
        a.id AS account,
        a.currency,
        coalesce((
            SELECT sum(iif(l.credit = 1, l.amount, 0) - iif(l.debit = 1, l.amount, 0))
            FROM ledger l WHERE l.account = a.id), 0) AS journal,
        u.per_minor,
        u.exact + u.per_minor / 2 AS shifted,
        (SELECT max((SELECT max(r.at) FROM reading r WHERE r.channel = m.id * 16 AND r.quality < 8))
            FROM meter m WHERE m.account = a.id) AS as_of
    FROM account a JOIN account_unposted u ON u.account = a.id
);

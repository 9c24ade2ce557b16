-- Charges are in steps of the tariff: per_minor steps are one minor unit (docs/adr/0002).
ALTER TABLE tariff ADD COLUMN per_minor bigint NOT NULL DEFAULT 10000000000;

-- Journal lines by line of the tariff, where it has several.
CREATE TABLE day_line (
    account bigint NOT NULL,
    day date NOT NULL,
    line text NOT NULL,
    exact bigint NOT NULL,
    posted bigint NOT NULL,
    PRIMARY KEY (account, day, line)
);

-- What a correction posted at once, in entries of its own.
ALTER TABLE accrual_correction ADD COLUMN posted bigint NOT NULL DEFAULT 0;

ALTER TABLE account_snapshot ADD COLUMN closed_through date NOT NULL DEFAULT '1970-01-01';
ALTER TABLE account_snapshot ADD COLUMN lines text NOT NULL DEFAULT '';
UPDATE account_snapshot SET closed_through = s.closed_day
FROM account a JOIN shard s ON s.shard = a.shard
WHERE a.id = account_snapshot.account AND s.closed_day IS NOT NULL;

-- Usage: energy after multipliers. The base of the period is in it too.
ALTER TABLE channel_snapshot ADD COLUMN last_usage bigint NOT NULL DEFAULT 0;
UPDATE channel_snapshot SET last_usage = last_register * m.multiplier, period_base = period_base * m.multiplier
FROM meter m WHERE m.id = channel_snapshot.channel >> 4;

-- Readings that stand but are not rated: disputed, or taken out by a person.
CREATE TABLE unrated_reading (
    channel bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (channel, at)
);

DROP VIEW account_balance;
DROP VIEW account_unposted;

-- What is not in the journal yet, exact: carry of the last line, later readings, what corrections did not post.
CREATE VIEW account_unposted AS
SELECT
    a.id AS account,
    p.per_minor,
    coalesce(d.carry, 0)::numeric
    + coalesce((
        SELECT sum(r.charge)
        FROM meter m JOIN reading r ON r.channel IN (m.id * 16, m.id * 16 + 1)
            AND r.at > coalesce(d.closes_through, s.closes_through, '-infinity'::timestamptz)
        WHERE m.account = a.id), 0)
    + coalesce((
        SELECT sum(c.delta - c.posted::numeric * p.per_minor) FROM accrual_correction c
        WHERE c.account = a.id AND c.closed_through >= coalesce(d.day, '-infinity'::date)), 0) AS exact
FROM account a
JOIN LATERAL (
    SELECT coalesce(
        (SELECT t.per_minor FROM tariff t WHERE t.id = a.tariff ORDER BY t.version LIMIT 1), 10000000000) AS per_minor
) AS p ON true
LEFT JOIN shard s ON s.shard = a.shard
LEFT JOIN LATERAL (
    SELECT l.carry, l.day, l.closes_through FROM day_charge l WHERE l.account = a.id ORDER BY l.day DESC LIMIT 1
) AS d ON true;

-- balance = journal - round_half_up(unposted), minor units. Whole numbers only: div() and mod() are exact.
CREATE VIEW account_balance AS
SELECT
    account,
    currency,
    (journal - div(shifted - mod(mod(shifted, per_minor) + per_minor, per_minor), per_minor))::bigint AS balance,
    as_of
FROM (
    SELECT
        a.id AS account,
        a.currency,
        coalesce((
            SELECT sum(
                CASE WHEN l.credit = 1 THEN l.amount ELSE 0 END - CASE WHEN l.debit = 1 THEN l.amount ELSE 0 END)
            FROM ledger l WHERE l.account = a.id), 0) AS journal,
        u.per_minor,
        u.exact + u.per_minor / 2 AS shifted,
        (SELECT max((SELECT max(r.at) FROM reading r WHERE r.channel = m.id * 16 AND r.quality < 8))
            FROM meter m WHERE m.account = a.id) AS as_of
    FROM account a JOIN account_unposted u ON u.account = a.id
) AS position;

-- Views for people and reports: readable at any time, also while the service runs.

CREATE VIEW reading_view AS
SELECT
    channel >> 4 AS meter_id,
    CASE channel & 15
        WHEN 0 THEN 'forward active' WHEN 1 THEN 'reverse active'
        WHEN 2 THEN 'forward reactive' WHEN 3 THEN 'reverse reactive'
        WHEN 4 THEN 'forward active, tariff 1' WHEN 5 THEN 'forward active, tariff 2'
        WHEN 6 THEN 'forward active, tariff 3' WHEN 7 THEN 'forward active, tariff 4'
        ELSE 'register ' || (channel & 15)
    END AS register_kind,
    strftime('%Y-%m-%dT%H:%M:%SZ', at / 1000000, 'unixepoch') AS at_utc,
    printf('%s%d.%04d', iif(register < 0, '-', ''), abs(register) / 10000, abs(register) % 10000) AS kwh,
    printf('%s%d.%010d', iif(charge < 0, '-', ''), abs(charge) / 10000000000, abs(charge) % 10000000000)
        AS charge_minor,
    CASE quality
        WHEN 0 THEN 'actual' WHEN 1 THEN 'edited' WHEN 2 THEN 'estimated' ELSE 'quality ' || quality
    END AS quality,
    frame_id
FROM reading;

-- What is not in the journal yet, exact, in 10^-10 minor units: carry of the last line, later readings, corrections.
CREATE VIEW account_unposted AS
SELECT
    id AS account,
    last_carry
    + coalesce((
        SELECT sum(r.charge)
        FROM meter m JOIN reading r ON r.channel = m.id * 16 AND r.at > position.journal_through
        WHERE m.account = position.id), 0)
    + coalesce((
        SELECT sum(c.delta) FROM accrual_correction c
        WHERE c.account = position.id AND c.closed_through >= position.last_day), 0) AS exact
FROM (
    SELECT
        a.id,
        coalesce(d.carry, 0) AS last_carry,
        coalesce(d.day, -9223372036854775808) AS last_day,
        coalesce(d.closes_through, s.closes_through, -9223372036854775808) AS journal_through
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
    journal - (shifted - ((shifted % 10000000000) + 10000000000) % 10000000000) / 10000000000 AS balance,
    as_of
FROM (
    SELECT
        a.id AS account,
        a.currency,
        coalesce((
            SELECT sum(iif(l.credit = 1, l.amount, 0) - iif(l.debit = 1, l.amount, 0))
            FROM ledger l WHERE l.account = a.id), 0) AS journal,
        u.exact + 5000000000 AS shifted,
        (SELECT max((SELECT max(r.at) FROM reading r WHERE r.channel = m.id * 16))
            FROM meter m WHERE m.account = a.id) AS as_of
    FROM account a JOIN account_unposted u ON u.account = a.id
);

-- Both sides of every entry; the sum over all rows is zero.
CREATE VIEW ledger_side AS
SELECT shard, id, debit AS ledger_account, iif(debit = 1, account, NULL) AS customer, amount AS debit_minor FROM ledger
UNION ALL
SELECT shard, id, credit, iif(credit = 1, account, NULL), -amount FROM ledger;

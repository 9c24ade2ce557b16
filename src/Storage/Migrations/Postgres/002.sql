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
    at,
    register * 0.0001 AS kwh,
    charge * 0.0000000001 AS charge_minor,
    CASE quality
        WHEN 0 THEN 'actual' WHEN 1 THEN 'edited' WHEN 2 THEN 'estimated' ELSE 'quality ' || quality
    END AS quality,
    frame_id
FROM reading;

-- What is not in the journal yet, exact, in 10^-10 minor units: carry of the last line, later readings, corrections.
CREATE VIEW account_unposted AS
SELECT
    a.id AS account,
    coalesce(d.carry, 0)::numeric
    + coalesce((
        SELECT sum(r.charge)
        FROM meter m JOIN reading r ON r.channel = m.id * 16
            AND r.at > coalesce(d.closes_through, s.closes_through, '-infinity'::timestamptz)
        WHERE m.account = a.id), 0)
    + coalesce((
        SELECT sum(c.delta) FROM accrual_correction c
        WHERE c.account = a.id AND c.closed_through >= coalesce(d.day, '-infinity'::date)), 0) AS exact
FROM account a
LEFT JOIN shard s ON s.shard = a.shard
LEFT JOIN LATERAL (
    SELECT l.carry, l.day, l.closes_through FROM day_charge l WHERE l.account = a.id ORDER BY l.day DESC LIMIT 1
) AS d ON true;

-- balance = journal - round_half_up(unposted), minor units. Multiplied, not divided: a numeric product is exact.
CREATE VIEW account_balance AS
SELECT
    a.id AS account,
    a.currency,
    (coalesce((
        SELECT sum(CASE WHEN l.credit = 1 THEN l.amount ELSE 0 END - CASE WHEN l.debit = 1 THEN l.amount ELSE 0 END)
        FROM ledger l WHERE l.account = a.id), 0)
    - floor((u.exact + 5000000000) * 0.0000000001))::bigint AS balance,
    (SELECT max((SELECT max(r.at) FROM reading r WHERE r.channel = m.id * 16))
        FROM meter m WHERE m.account = a.id) AS as_of
FROM account a JOIN account_unposted u ON u.account = a.id;

-- Both sides of every entry; the sum over all rows is zero.
CREATE VIEW ledger_side AS
SELECT shard, id, debit AS ledger_account, CASE WHEN debit = 1 THEN account END AS customer, amount AS debit_minor
FROM ledger
UNION ALL
SELECT shard, id, credit, CASE WHEN credit = 1 THEN account END, -amount FROM ledger;

-- How accounts stood with a late fee of their tariff at the end of a closed day: the next close goes on from here.
CREATE TABLE late_fee (
    account bigint NOT NULL,
    day date NOT NULL,
    line text NOT NULL,
    since date NOT NULL,
    overdue bigint NOT NULL,
    overdue_days bigint NOT NULL,
    most bigint NOT NULL,
    fee bigint NOT NULL,
    unpaid bigint NOT NULL,
    PRIMARY KEY (account, day, line)
);
CREATE INDEX late_fee_day ON late_fee (day, account);
CREATE INDEX ledger_day ON ledger (shard, day);

-- From from_at on the account is on the tariff; before all of them, on the one of its own row. Of moves of one instant
-- the highest revision stands.
CREATE TABLE account_tariff (
    account bigint NOT NULL,
    revision integer NOT NULL,
    from_at timestamptz NOT NULL,
    tariff text NOT NULL,
    by_person text NOT NULL,
    recorded_at timestamptz NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (account, revision)
);

DROP VIEW reading_view;
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
        WHEN 0 THEN 'actual' WHEN 1 THEN 'edited' WHEN 2 THEN 'estimated' WHEN 3 THEN 'decided by a person'
        WHEN 8 THEN 'actual, disputed' WHEN 9 THEN 'edited, disputed' WHEN 10 THEN 'estimated, disputed'
        WHEN 12 THEN 'taken out' ELSE 'quality ' || quality
    END AS quality,
    frame_id
FROM reading;

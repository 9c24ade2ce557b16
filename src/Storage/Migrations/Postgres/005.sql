-- The chain over everything that is history: one link for each row that it covers (docs/journal.md). The head of each
-- shard's chain stands in its row, so that only the shard's owner extends it.
ALTER TABLE shard ADD COLUMN journal_seq bigint NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN journal_hash bytea;
ALTER TABLE accrual_correction ADD COLUMN seq bigint;
CREATE TABLE journal (
    shard integer NOT NULL,
    seq bigint NOT NULL,
    kind smallint NOT NULL,
    subject bigint NOT NULL,
    day date,
    key text COLLATE "C",
    proof bytea,
    tag bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (shard, seq)
);
-- Proofs of an account's days, for whoever checks them: kinds 3 and 5 have one.
CREATE INDEX journal_day ON journal (subject, day, seq) WHERE kind IN (3, 5);

-- The chain over everything that is history: one link for each row that it covers (docs/journal.md). The head of each
-- shard's chain stands in its row, so that only the shard's owner extends it.
ALTER TABLE shard ADD COLUMN journal_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN journal_hash BLOB;
ALTER TABLE accrual_correction ADD COLUMN seq INTEGER;
CREATE TABLE journal (
    shard INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    day INTEGER,
    key TEXT,
    proof BLOB,
    tag INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (shard, seq)
) STRICT, WITHOUT ROWID;
-- Proofs of an account's days, for whoever checks them: kinds 3 and 5 have one.
CREATE INDEX journal_day ON journal (subject, day, seq) WHERE kind IN (3, 5);

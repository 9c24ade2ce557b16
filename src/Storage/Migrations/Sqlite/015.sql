-- Messages have a channel, a template, and a wait that quiet hours put off. Never is the year 9999.
ALTER TABLE notice ADD COLUMN channel INTEGER NOT NULL DEFAULT 1;
ALTER TABLE notice ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN allowed_at INTEGER;
ALTER TABLE notice ADD COLUMN channel_attempts INTEGER NOT NULL DEFAULT 0;
DROP INDEX notice_queued;
CREATE INDEX notice_due ON notice (due_at, id) WHERE state IN (1, 2);

-- What was tried for a message, in order. outcome: 1 sent, 2 delivered, 3 refused, 4 to be tried again, 5 unheard of.
CREATE TABLE notice_attempt (
    notice INTEGER NOT NULL,
    number INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    at INTEGER NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (notice, number)
) STRICT, WITHOUT ROWID;

-- Versions of texts that were approved; version 1 is the program's own.
CREATE TABLE notice_template (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    effective_from INTEGER NOT NULL,
    json TEXT NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- A mark stands while wrong_phone is the account's number. reports are permanent failures in a row.
CREATE TABLE customer_contact (
    account INTEGER PRIMARY KEY,
    email TEXT NOT NULL DEFAULT '',
    wrong_phone TEXT NOT NULL DEFAULT '',
    wrong_reports INTEGER NOT NULL DEFAULT 0,
    wrong_since INTEGER,
    wrong_detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX customer_contact_wrong ON customer_contact (wrong_since, account) WHERE wrong_since IS NOT NULL;

-- value_class: 1 A, 2 B, 3 C, 0 not classed yet. volume: purchases that it was made from, minor units.
CREATE TABLE customer_class (
    account INTEGER PRIMARY KEY,
    value_class INTEGER NOT NULL DEFAULT 0,
    volume INTEGER NOT NULL DEFAULT 0,
    classed_at INTEGER,
    flags INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Who changed what about a customer, and why. field: 1 flags, 2 value class, 3 phone, 4 email.
CREATE TABLE customer_flag_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    field INTEGER NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX customer_flag_log_account ON customer_flag_log (account, id);

CREATE TRIGGER customer_flag_log_kept BEFORE UPDATE ON customer_flag_log
BEGIN SELECT RAISE(ABORT, 'What was changed does not change.'); END;

CREATE TRIGGER customer_flag_log_stays BEFORE DELETE ON customer_flag_log
BEGIN SELECT RAISE(ABORT, 'What was changed stays.'); END;

-- Months whose classes were made, by the local month that they were made in: 2026 * 12 + month.
CREATE TABLE class_run (
    month INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    accounts INTEGER NOT NULL
) STRICT;

-- Messages of customers: the same id is answered with the same words.
CREATE TABLE inbound_message (
    id TEXT PRIMARY KEY,
    phone TEXT NOT NULL,
    at INTEGER NOT NULL,
    word TEXT NOT NULL,
    reply TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inbound_message_phone ON inbound_message (phone, at);
CREATE INDEX inbound_message_at ON inbound_message (at);

-- Holidays by name; the highest version holds.
CREATE TABLE calendar (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    effective_from INTEGER NOT NULL,
    json TEXT NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;

-- What policies ask of a customer; classes are words between spaces. Every change stays on record.
CREATE TABLE customer (
    account INTEGER PRIMARY KEY,
    classes TEXT NOT NULL,
    region TEXT NOT NULL,
    converted_at INTEGER
) STRICT;
CREATE TABLE customer_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by_person TEXT NOT NULL,
    note TEXT NOT NULL,
    classes_before TEXT NOT NULL,
    classes TEXT NOT NULL,
    region_before TEXT NOT NULL,
    region TEXT NOT NULL,
    converted_before INTEGER,
    converted_at INTEGER
) STRICT;
CREATE INDEX customer_change_account ON customer_change (account, id);

CREATE TABLE moratorium (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    area TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    by_person TEXT NOT NULL,
    note TEXT NOT NULL,
    ended_at INTEGER,
    ended_by TEXT
) STRICT;
CREATE INDEX moratorium_until ON moratorium (until_at);

CREATE TABLE contact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by_person TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE INDEX contact_account ON contact (account, at);

CREATE TABLE cut_approval (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    until_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cut_approval_account ON cut_approval (account, at);

ALTER TABLE control_case ADD COLUMN relief_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE control_case ADD COLUMN late_told INTEGER NOT NULL DEFAULT 0;
ALTER TABLE control_case ADD COLUMN policy TEXT NOT NULL DEFAULT '';

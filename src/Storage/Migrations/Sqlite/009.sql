-- Versions of tariffs and policies on their way: who proposed, who decided. What was proposed and what was done about
-- it never changes; only the state does, and each of its steps stays.
CREATE TABLE change_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    document TEXT NOT NULL,
    version INTEGER NOT NULL,
    effective_from INTEGER NOT NULL,
    json TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    state INTEGER NOT NULL
) STRICT;
CREATE INDEX change_request_state ON change_request (state, id);

CREATE TABLE change_step (
    change INTEGER NOT NULL,
    number INTEGER NOT NULL,
    state INTEGER NOT NULL,
    by_person TEXT NOT NULL,
    at INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (change, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER change_request_kept
BEFORE UPDATE OF id, kind, document, version, effective_from, json, reason, proposed_by, proposed_at ON change_request
BEGIN SELECT RAISE(ABORT, 'What was proposed does not change.'); END;

CREATE TRIGGER change_request_stays BEFORE DELETE ON change_request
BEGIN SELECT RAISE(ABORT, 'What was proposed stays.'); END;

CREATE TRIGGER change_step_kept BEFORE UPDATE ON change_step
BEGIN SELECT RAISE(ABORT, 'What was done does not change.'); END;

CREATE TRIGGER change_step_stays BEFORE DELETE ON change_step
BEGIN SELECT RAISE(ABORT, 'What was done stays.'); END;

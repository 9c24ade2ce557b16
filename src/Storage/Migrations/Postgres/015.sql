-- Messages have a channel, a template, and a wait that quiet hours put off. Never is the year 9999.
ALTER TABLE notice ADD COLUMN channel smallint NOT NULL DEFAULT 1;
ALTER TABLE notice ADD COLUMN template text NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN allowed_at timestamptz;
ALTER TABLE notice ADD COLUMN channel_attempts integer NOT NULL DEFAULT 0;
DROP INDEX notice_queued;
CREATE INDEX notice_due ON notice (due_at, id) WHERE state IN (1, 2);

-- What was tried for a message, in order. outcome: 1 sent, 2 delivered, 3 refused, 4 to be tried again, 5 unheard of.
CREATE TABLE notice_attempt (
    notice bigint NOT NULL,
    number integer NOT NULL,
    channel smallint NOT NULL,
    outcome smallint NOT NULL,
    at timestamptz NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (notice, number)
);

-- Versions of texts that were approved; version 1 is the program's own.
CREATE TABLE notice_template (
    id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    effective_from timestamptz NOT NULL,
    json text NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id, version)
);

-- A mark stands while wrong_phone is the account's number. reports are permanent failures in a row.
CREATE TABLE customer_contact (
    account bigint PRIMARY KEY,
    email text NOT NULL DEFAULT '',
    wrong_phone text NOT NULL DEFAULT '',
    wrong_reports integer NOT NULL DEFAULT 0,
    wrong_since timestamptz,
    wrong_detail text NOT NULL DEFAULT ''
);
CREATE INDEX customer_contact_wrong ON customer_contact (wrong_since, account) WHERE wrong_since IS NOT NULL;

-- value_class: 1 A, 2 B, 3 C, 0 not classed yet. volume: purchases that it was made from, minor units.
CREATE TABLE customer_class (
    account bigint PRIMARY KEY,
    value_class smallint NOT NULL DEFAULT 0,
    volume bigint NOT NULL DEFAULT 0,
    classed_at timestamptz,
    flags integer NOT NULL DEFAULT 0
);

-- Who changed what about a customer, and why. field: 1 flags, 2 value class, 3 phone, 4 email.
CREATE TABLE customer_flag_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    field smallint NOT NULL,
    old_value text NOT NULL,
    new_value text NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    reason text NOT NULL
);
CREATE INDEX customer_flag_log_account ON customer_flag_log (account, id);

CREATE FUNCTION customer_log_is_kept() RETURNS trigger LANGUAGE plpgsql AS $kept$
BEGIN
    RAISE EXCEPTION 'What was changed about a customer stays as it is.';
END
$kept$;

CREATE TRIGGER customer_flag_log_kept BEFORE UPDATE OR DELETE ON customer_flag_log
FOR EACH ROW EXECUTE FUNCTION customer_log_is_kept();

-- Months whose classes were made, by the local month that they were made in: 2026 * 12 + month.
CREATE TABLE class_run (
    month integer PRIMARY KEY,
    at timestamptz NOT NULL,
    accounts bigint NOT NULL
);

-- Messages of customers: the same id is answered with the same words.
CREATE TABLE inbound_message (
    id text COLLATE "C" PRIMARY KEY,
    phone text NOT NULL,
    at timestamptz NOT NULL,
    word text NOT NULL,
    reply text NOT NULL
);
CREATE INDEX inbound_message_phone ON inbound_message (phone, at);
CREATE INDEX inbound_message_at ON inbound_message (at);

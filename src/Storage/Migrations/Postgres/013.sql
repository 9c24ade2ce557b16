-- Holidays by name; the highest version holds.
CREATE TABLE calendar (
    id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    effective_from timestamptz NOT NULL,
    json text NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id, version)
);

-- What policies ask of a customer; classes are words between spaces. Every change stays on record.
CREATE TABLE customer (
    account bigint PRIMARY KEY,
    classes text NOT NULL,
    region text NOT NULL,
    converted_at timestamptz
);
CREATE TABLE customer_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    at timestamptz NOT NULL,
    by_person text NOT NULL,
    note text NOT NULL,
    classes_before text NOT NULL,
    classes text NOT NULL,
    region_before text NOT NULL,
    region text NOT NULL,
    converted_before timestamptz,
    converted_at timestamptz
);
CREATE INDEX customer_change_account ON customer_change (account, id);

CREATE TABLE moratorium (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind smallint NOT NULL,
    area text NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    by_person text NOT NULL,
    note text NOT NULL,
    ended_at timestamptz,
    ended_by text
);
CREATE INDEX moratorium_until ON moratorium (until_at);

CREATE TABLE contact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    channel smallint NOT NULL,
    at timestamptz NOT NULL,
    by_person text NOT NULL,
    note text NOT NULL
);
CREATE INDEX contact_account ON contact (account, at);

CREATE TABLE cut_approval (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    until_at timestamptz NOT NULL
);
CREATE INDEX cut_approval_account ON cut_approval (account, at);

ALTER TABLE control_case ADD COLUMN relief_until timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE control_case ADD COLUMN late_told boolean NOT NULL DEFAULT false;
ALTER TABLE control_case ADD COLUMN policy text NOT NULL DEFAULT '';

-- Versions of tariffs and policies on their way: who proposed, who decided. What was proposed and what was done about
-- it never changes; only the state does, and each of its steps stays.
CREATE TABLE change_request (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind smallint NOT NULL,
    document text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    effective_from timestamptz NOT NULL,
    json text NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    state smallint NOT NULL
);
CREATE INDEX change_request_state ON change_request (state, id);

CREATE TABLE change_step (
    change bigint NOT NULL,
    number integer NOT NULL,
    state smallint NOT NULL,
    by_person text NOT NULL,
    at timestamptz NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (change, number)
);

CREATE FUNCTION change_is_kept() RETURNS trigger LANGUAGE plpgsql AS $kept$
BEGIN
    RAISE EXCEPTION 'What was proposed and what was done stay as they are.';
END
$kept$;

CREATE TRIGGER change_request_kept
BEFORE UPDATE OF id, kind, document, version, effective_from, json, reason, proposed_by, proposed_at ON change_request
FOR EACH ROW EXECUTE FUNCTION change_is_kept();

CREATE TRIGGER change_request_stays BEFORE DELETE ON change_request
FOR EACH ROW EXECUTE FUNCTION change_is_kept();

CREATE TRIGGER change_step_kept BEFORE UPDATE OR DELETE ON change_step
FOR EACH ROW EXECUTE FUNCTION change_is_kept();

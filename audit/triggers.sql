-- The audit trail. Statement-level triggers per followed table record bulk and raw writes row by row, with one insert per
-- statement. The functions run as the owner of the tables: the application's role cannot write
-- an entry by itself, and a function that returns `trigger` cannot be called by hand. `pg_temp` is last on every
-- search path: else a temporary table named `audit_entry` would receive the entries.
--
-- Arguments of the two functions that write:
--   0  sealed | open          who may read the entries
--   1  trial_id | id | …      the column that leads to the trial (`trial_code` is looked up)
--   2  {column,…}             columns that the trail leaves out: a change of them alone is no entry
--   3  {column,…}             columns whose value is not kept: their SHA-256 is, and that they changed
--   4  named | unnamed        whether a write without person and reason is refused

-- Functions of an earlier version.
DROP FUNCTION IF EXISTS audit_attribution();

-- Sealed entries have their own numbers, from 10^18 up, so that gaps between open numbers do not reveal them.
-- Person and reason are read here: a function of its own would cost as much again as the entry.
CREATE OR REPLACE FUNCTION audit_on_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
#variable_conflict use_column
DECLARE
    actor bigint := nullif(current_setting('safety.actor_id', true), '')::bigint;
    label text := nullif(current_setting('safety.actor_label', true), '');
    reason text := nullif(btrim(current_setting('safety.reason', true)), '');
    happened timestamptz := coalesce(nullif(current_setting('safety.at', true), '')::timestamptz, clock_timestamp());
    request CONSTANT text := coalesce(current_setting('safety.request_id', true), '');
    numbers CONSTANT regclass := CASE TG_ARGV[0] WHEN 'sealed' THEN 'audit_entry_sealed_id_seq' ELSE 'audit_entry_id_seq' END;
    left_out CONSTANT text[] := TG_ARGV[2]::text[];
    secret CONSTANT text[] := TG_ARGV[3]::text[];
BEGIN
    IF (actor IS NULL OR label IS NULL OR reason IS NULL) AND EXISTS (SELECT FROM new_rows) THEN
        IF TG_ARGV[4] = 'named' THEN
            RAISE EXCEPTION 'a clinical write needs who and why: use audit.services.attributed';
        END IF;
        actor := 0;
        label := 'database role ' || session_user;
        reason := 'not said';
    END IF;
    INSERT INTO audit_entry (id, at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                             change, old, new, sealed, transaction_id)
    SELECT nextval(numbers), happened, clock_timestamp(), actor, label, reason, request,
           CASE TG_ARGV[1] WHEN 'trial_code' THEN trial_by_code(r.after ->> 'trial_code')
                           ELSE nullif((r.after ->> TG_ARGV[1])::bigint, 0) END,
           TG_TABLE_NAME, r.id, 'INSERT', NULL,
           CASE WHEN secret = '{}' THEN r.after - left_out
                ELSE r.after - left_out - secret || audit_digests(r.after, secret) END, TG_ARGV[0] = 'sealed', pg_current_xact_id()::text::bigint
    FROM (SELECT n.id, to_jsonb(n) AS after FROM new_rows n ORDER BY n.id) r;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit_on_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
#variable_conflict use_column
DECLARE
    actor bigint := nullif(current_setting('safety.actor_id', true), '')::bigint;
    label text := nullif(current_setting('safety.actor_label', true), '');
    reason text := nullif(btrim(current_setting('safety.reason', true)), '');
    happened timestamptz := coalesce(nullif(current_setting('safety.at', true), '')::timestamptz, clock_timestamp());
    request CONSTANT text := coalesce(current_setting('safety.request_id', true), '');
    numbers CONSTANT regclass := CASE TG_ARGV[0] WHEN 'sealed' THEN 'audit_entry_sealed_id_seq' ELSE 'audit_entry_id_seq' END;
    left_out CONSTANT text[] := TG_ARGV[2]::text[];
    secret CONSTANT text[] := TG_ARGV[3]::text[];
BEGIN
    IF EXISTS (SELECT id FROM old_rows EXCEPT SELECT id FROM new_rows) THEN
        RAISE EXCEPTION '%: the id of a record cannot be changed', TG_TABLE_NAME;
    END IF;
    IF (actor IS NULL OR label IS NULL OR reason IS NULL) AND EXISTS (
        SELECT FROM new_rows n JOIN old_rows o USING (id)
        WHERE to_jsonb(o) - left_out IS DISTINCT FROM to_jsonb(n) - left_out
    ) THEN
        IF TG_ARGV[4] = 'named' THEN
            RAISE EXCEPTION 'a clinical write needs who and why: use audit.services.attributed';
        END IF;
        actor := 0;
        label := 'database role ' || session_user;
        reason := 'not said';
    END IF;
    INSERT INTO audit_entry (id, at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                             change, old, new, sealed, transaction_id)
    SELECT nextval(numbers), happened, clock_timestamp(), actor, label, reason, request,
           CASE TG_ARGV[1] WHEN 'trial_code' THEN trial_by_code(r.after ->> 'trial_code')
                           ELSE nullif((r.after ->> TG_ARGV[1])::bigint, 0) END,
           TG_TABLE_NAME, r.id, 'UPDATE',
           CASE WHEN secret = '{}' THEN r.before ELSE r.before - secret || audit_digests(r.before, secret) END,
           CASE WHEN secret = '{}' THEN r.after
                ELSE r.after - secret || audit_digests(r.after, secret)
                     || audit_changed_secrets(r.before, r.after, secret) END,
           TG_ARGV[0] = 'sealed', pg_current_xact_id()::text::bigint
    FROM (SELECT n.id, to_jsonb(o) - left_out AS before, to_jsonb(n) - left_out AS after
          FROM new_rows n JOIN old_rows o USING (id) ORDER BY n.id) r
    WHERE r.before IS DISTINCT FROM r.after;
    RETURN NULL;
END $$;

-- {"sha256_of_password": "…"}: the SHA-256 of the text of each column, null for null. `audit/queries/rows.py` computes
-- the same from built-in functions.
CREATE OR REPLACE FUNCTION audit_digests(content jsonb, names text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg('sha256_of_' || name, encode(sha256(convert_to(content ->> name, 'UTF8')), 'hex')), '{}')
    FROM unnest(names) AS name
$$;

-- {"password_was_changed": true} for each secret column that changed.
CREATE OR REPLACE FUNCTION audit_changed_secrets(before jsonb, after jsonb, secret text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(name || '_was_changed', true), '{}')
    FROM unnest(secret) AS name WHERE before -> name IS DISTINCT FROM after -> name
$$;

CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%: % is refused, nothing clinical is deleted or rewritten; void it with a reason', TG_TABLE_NAME, TG_OP;
END $$;

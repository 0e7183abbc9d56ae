-- The audit trail. Statement-level triggers per followed table, so that bulk and raw writes are seen row by row at the
-- price of one insert per statement. The functions run as the owner of the tables: the application's role cannot write
-- an entry by itself, and a function that returns `trigger` cannot be called by hand. `pg_temp` stands last on every
-- search path: else a temporary table named `audit_entry` would swallow the trail.
--
-- Arguments of the two functions that write:
--   0  sealed | open          whose eyes the entries are for
--   1  trial_id | id | …      the column that leads to the trial (`trial_code` is looked up)
--   2  {column,…}             columns that the trail leaves out: a change of them alone is no entry
--   3  {column,…}             columns whose value is secret: that they changed is kept, never what they hold
--   4  named | unnamed        whether a write without who and why is refused

DROP FUNCTION IF EXISTS audit_attribution();  -- of an earlier version
CREATE OR REPLACE FUNCTION audit_attribution(
    demand text, OUT actor bigint, OUT label text, OUT reason text, OUT at timestamptz, OUT request text
) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    actor := nullif(current_setting('safety.actor_id', true), '')::bigint;
    label := nullif(current_setting('safety.actor_label', true), '');
    reason := nullif(btrim(current_setting('safety.reason', true)), '');
    at := coalesce(nullif(current_setting('safety.at', true), '')::timestamptz, clock_timestamp());
    request := coalesce(current_setting('safety.request_id', true), '');
    IF actor IS NOT NULL AND label IS NOT NULL AND reason IS NOT NULL THEN RETURN; END IF;
    IF demand = 'named' THEN
        RAISE EXCEPTION 'a clinical write needs who and why: use audit.services.attributed';
    END IF;
    actor := 0;
    label := 'database role ' || session_user;
    reason := 'not said';
END $$;

-- Sealed entries count by themselves, from 10^18 up: no gap between the numbers of the others tells that one was written.
CREATE OR REPLACE FUNCTION audit_on_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    said record;
    numbers CONSTANT regclass := CASE TG_ARGV[0] WHEN 'sealed' THEN 'audit_entry_sealed_id_seq' ELSE 'audit_entry_id_seq' END;
    unseen CONSTANT text[] := TG_ARGV[2]::text[] || TG_ARGV[3]::text[];
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
    SELECT * INTO said FROM audit_attribution(TG_ARGV[4]);
    INSERT INTO audit_entry (id, at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                             change, old, new, sealed, transaction_id)
    SELECT nextval(numbers), said.at, clock_timestamp(), said.actor, said.label, said.reason, said.request,
           CASE TG_ARGV[1] WHEN 'trial_code' THEN trial_by_code(r.after ->> 'trial_code')
                           ELSE (r.after ->> TG_ARGV[1])::bigint END,
           TG_TABLE_NAME, r.id, 'INSERT', NULL, r.after - unseen, TG_ARGV[0] = 'sealed', pg_current_xact_id()::text::bigint
    FROM (SELECT n.id, to_jsonb(n) AS after FROM new_rows n ORDER BY n.id) r;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit_on_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    said record;
    numbers CONSTANT regclass := CASE TG_ARGV[0] WHEN 'sealed' THEN 'audit_entry_sealed_id_seq' ELSE 'audit_entry_id_seq' END;
    left_out CONSTANT text[] := TG_ARGV[2]::text[];
    secret CONSTANT text[] := TG_ARGV[3]::text[];
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
    IF EXISTS (SELECT id FROM old_rows EXCEPT SELECT id FROM new_rows) THEN
        RAISE EXCEPTION '%: the id of a record cannot be changed', TG_TABLE_NAME;
    END IF;
    IF NOT EXISTS (SELECT FROM new_rows n JOIN old_rows o USING (id)
                   WHERE to_jsonb(o) - left_out IS DISTINCT FROM to_jsonb(n) - left_out) THEN RETURN NULL; END IF;
    SELECT * INTO said FROM audit_attribution(TG_ARGV[4]);
    INSERT INTO audit_entry (id, at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                             change, old, new, sealed, transaction_id)
    SELECT nextval(numbers), said.at, clock_timestamp(), said.actor, said.label, said.reason, said.request,
           CASE TG_ARGV[1] WHEN 'trial_code' THEN trial_by_code(r.after ->> 'trial_code')
                           ELSE (r.after ->> TG_ARGV[1])::bigint END,
           TG_TABLE_NAME, r.id, 'UPDATE', r.before - secret, r.after - secret || audit_changed_secrets(r.before, r.after, secret),
           TG_ARGV[0] = 'sealed', pg_current_xact_id()::text::bigint
    FROM (SELECT n.id, to_jsonb(o) - left_out AS before, to_jsonb(n) - left_out AS after
          FROM new_rows n JOIN old_rows o USING (id) ORDER BY n.id) r
    WHERE r.before IS DISTINCT FROM r.after;
    RETURN NULL;
END $$;

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

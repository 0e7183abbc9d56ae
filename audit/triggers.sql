-- The audit trail. Three statement-level triggers per followed table, so that bulk and raw writes are seen row by row
-- at the price of one insert per statement. The functions run as the owner of the tables: the application's role
-- cannot write an entry by itself, and a function that returns `trigger` cannot be called by hand.

CREATE OR REPLACE FUNCTION audit_attribution(OUT actor bigint, OUT label text, OUT reason text, OUT at timestamptz, OUT request text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
BEGIN
    actor := nullif(current_setting('safety.actor_id', true), '')::bigint;
    label := nullif(current_setting('safety.actor_label', true), '');
    reason := nullif(btrim(current_setting('safety.reason', true)), '');
    at := coalesce(nullif(current_setting('safety.at', true), '')::timestamptz, clock_timestamp());
    request := coalesce(current_setting('safety.request_id', true), '');
    IF actor IS NULL OR label IS NULL OR reason IS NULL THEN
        RAISE EXCEPTION 'a clinical write needs who and why: use audit.services.attributed';
    END IF;
END $$;

-- A column named `content` (a frozen file, kept in an append-only row beside its hash) is not written twice.
CREATE OR REPLACE FUNCTION audit_on_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    said record;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
    SELECT * INTO said FROM audit_attribution();
    INSERT INTO audit_entry (at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                             change, old, new, sealed, transaction_id)
    SELECT said.at, clock_timestamp(), said.actor, said.label, said.reason, said.request,
           (to_jsonb(n) ->> 'trial_id')::bigint, TG_TABLE_NAME, n.id, 'INSERT', NULL, to_jsonb(n) - 'content',
           TG_ARGV[0] = 'sealed', pg_current_xact_id()::text::bigint
    FROM new_rows n ORDER BY n.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit_on_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    said record;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
    IF EXISTS (SELECT id FROM old_rows EXCEPT SELECT id FROM new_rows) THEN
        RAISE EXCEPTION '%: the id of a record cannot be changed', TG_TABLE_NAME;
    END IF;
    SELECT * INTO said FROM audit_attribution();
    INSERT INTO audit_entry (at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                             change, old, new, sealed, transaction_id)
    SELECT said.at, clock_timestamp(), said.actor, said.label, said.reason, said.request,
           (to_jsonb(n) ->> 'trial_id')::bigint, TG_TABLE_NAME, n.id, 'UPDATE', to_jsonb(o), to_jsonb(n) - 'content',
           TG_ARGV[0] = 'sealed', pg_current_xact_id()::text::bigint
    FROM new_rows n JOIN old_rows o USING (id) WHERE to_jsonb(o) IS DISTINCT FROM to_jsonb(n) ORDER BY n.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION '%: % is refused, nothing clinical is deleted or rewritten; void it with a reason', TG_TABLE_NAME, TG_OP;
END $$;

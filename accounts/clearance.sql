-- The seal's own functions, owned by the role that owns the tables. The application's role may call them and no more.
-- `pg_temp` stands last on the search path: else a temporary table named `accounts_clearance` would open every seal, unlogged.

-- Opens sealed rows for the running transaction and logs it. There is no other way to write the log.
CREATE OR REPLACE FUNCTION accounts_open_clearance(
    ground text, actor bigint, trial bigint, participant bigint, purpose text, request text, at timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    opened bigint;
BEGIN
    IF coalesce(btrim(purpose), '') = '' THEN
        RAISE EXCEPTION 'purpose: sealed rows are not opened without saying what for';
    END IF;
    INSERT INTO accounts_clearance
        (ground, actor_id, trial_id, participant_id, purpose, request_id, opened_at, transaction_id)
    VALUES (ground, actor, trial, participant, purpose, request, at, pg_current_xact_id()::text::bigint)
    RETURNING id INTO opened;
    PERFORM set_config('safety.clearance', opened::text, true);
    RETURN opened;
END $$;

-- The trial whose sealed rows this transaction may read, or null. The setting alone opens nothing:
-- the logged row must exist and must be of this very transaction.
CREATE OR REPLACE FUNCTION accounts_cleared_trial() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT trial_id FROM accounts_clearance
    WHERE id = nullif(current_setting('safety.clearance', true), '')::bigint
      AND transaction_id = pg_current_xact_id_if_assigned()::text::bigint
$$;

-- The one participant to whom the clearance is limited, or null when it opens the whole trial.
CREATE OR REPLACE FUNCTION accounts_cleared_participant() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT participant_id FROM accounts_clearance
    WHERE id = nullif(current_setting('safety.clearance', true), '')::bigint
      AND transaction_id = pg_current_xact_id_if_assigned()::text::bigint
$$;

-- The seal's own functions, owned by the role that owns the tables. The application's role may call them and no more.
-- `pg_temp` is last on the search path: else a temporary table named `accounts_clearance` would open every seal, unlogged.

-- The function of an earlier version returned the number alone.
DROP FUNCTION IF EXISTS accounts_open_clearance(text, bigint, bigint, bigint, text, text, timestamptz);

-- Opens sealed rows for the running transaction, logs it and returns the logged row. There is no other way to write the log.
CREATE FUNCTION accounts_open_clearance(
    ground text, actor bigint, trial bigint, participant bigint, purpose text, request text, at timestamptz
) RETURNS accounts_clearance LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    opened accounts_clearance;
BEGIN
    IF coalesce(btrim(purpose), '') = '' THEN
        RAISE EXCEPTION 'purpose: sealed rows are not opened without saying what for';
    END IF;
    INSERT INTO accounts_clearance
        (ground, actor_id, trial_id, participant_id, purpose, request_id, opened_at, transaction_id)
    VALUES (ground, actor, trial, participant, purpose, request, at, pg_current_xact_id()::text::bigint)
    RETURNING * INTO opened;
    PERFORM set_config('safety.clearance', opened.id::text, true);
    RETURN opened;
END $$;

-- Writes the same opening into the log of openings. Called on a connection of its own, so that the entry is committed before
-- anything sealed is read, and remains when the transaction that opened the seal is rolled back.
CREATE OR REPLACE FUNCTION accounts_log_opening(
    ground text, actor bigint, trial bigint, participant bigint, purpose text, request text, at timestamptz, xact bigint
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO accounts_openinglogentry
        (ground, actor_id, trial_id, participant_id, purpose, request_id, opened_at, transaction_id, logged_at)
    VALUES (ground, actor, trial, participant, purpose, request, at, xact, clock_timestamp());
$$;

-- The trial whose sealed rows this transaction may read, or null. The setting alone opens nothing:
-- the logged row must exist and must be of this very transaction.
-- In plpgsql because its plan is kept: every statement on a sealed table calls it, and in SQL each call would be planned again.
CREATE OR REPLACE FUNCTION accounts_cleared_trial() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT trial_id FROM accounts_clearance
        WHERE id = nullif(current_setting('safety.clearance', true), '')::bigint
          AND transaction_id = pg_current_xact_id_if_assigned()::text::bigint
    );
END $$;

-- The one participant to whom the clearance is limited, or null when it opens the whole trial.
CREATE OR REPLACE FUNCTION accounts_cleared_participant() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT participant_id FROM accounts_clearance
        WHERE id = nullif(current_setting('safety.clearance', true), '')::bigint
          AND transaction_id = pg_current_xact_id_if_assigned()::text::bigint
    );
END $$;

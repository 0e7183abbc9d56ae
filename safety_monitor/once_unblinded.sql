-- Refuses a current blinded role of a person who opened the sealed rows of the whole trial by an unblinded role, for every
-- kind of write. It is here because it needs the codes of trials beside the log of clearances. The arguments are the unblinded roles.
-- `accounts.queries.has_opened_the_seal` checks the same and refuses with a message before the database does.
CREATE OR REPLACE FUNCTION accounts_refuse_once_unblinded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL OR NEW.role = ANY (TG_ARGV) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        -- The log of openings also holds those whose transaction was rolled back, as a refused request's is.
        SELECT FROM (
            SELECT actor_id, trial_id, participant_id, ground, opened_at FROM accounts_clearance
            UNION ALL
            SELECT actor_id, trial_id, participant_id, ground, opened_at FROM accounts_openinglogentry
        ) c JOIN trials_trial t ON t.id = c.trial_id
        WHERE c.actor_id = NEW.user_id AND NEW.trial_code IN ('', t.code)
          AND (c.ground = 'expedited_report' OR c.participant_id IS NULL AND (c.ground = 'role' OR EXISTS (
              SELECT FROM accounts_membership m
              WHERE m.user_id = NEW.user_id AND m.trial_code = t.code AND m.role = ANY (TG_ARGV)
                AND c.opened_at >= m.granted_at AND (m.ended_at IS NULL OR c.opened_at <= m.ended_at)
          )))
    ) THEN
        RAISE EXCEPTION 'role: this account has opened sealed data of the trial by an unblinded role'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_membership_once_unblinded';
    END IF;
    RETURN NEW;
END $$;

-- The only function by which the trail finds the trial of a code: the audit app is below the trials and only calls it.
CREATE OR REPLACE FUNCTION trial_by_code(wanted text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$ SELECT id FROM trials_trial WHERE code = wanted $$;

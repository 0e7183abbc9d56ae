-- Refuses writes about a participant whose data are frozen or locked, whatever door they come through. Statement-level, as
-- the trail's triggers, so that a bulk write costs one question.
--
-- Whoever closes data takes the trial's advisory lock exclusively, each writer takes it shared until the end of its
-- transaction: a write that began before is complete when the data are closed, and none slips in behind.
--
-- Arguments: 0 the column that leads to the participant, or to the record that the row is a part of; 1 that record's table,
-- empty when the row leads to the participant itself.
CREATE OR REPLACE FUNCTION trials_refuse_locked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person CONSTANT text := CASE TG_ARGV[1] WHEN '' THEN format('n.%I', TG_ARGV[0]) ELSE 'p.participant_id' END;
    parent CONSTANT text := CASE TG_ARGV[1] WHEN '' THEN ''
                                 ELSE format('JOIN %I p ON p.id = n.%I', TG_ARGV[1], TG_ARGV[0]) END;
    trial bigint;
    code text;
    kind text;
BEGIN
    FOR trial IN EXECUTE 'SELECT DISTINCT trial_id FROM new_rows ORDER BY 1' LOOP
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('trials data lock', trial));
    END LOOP;
    EXECUTE format(
        'SELECT t.code, d.kind FROM trials_datalock d JOIN trials_participant t ON t.id = d.participant_id '
        'WHERE d.lifted_at IS NULL AND d.participant_id IN (SELECT %s FROM new_rows n %s) ORDER BY t.code LIMIT 1',
        person, parent
    ) INTO code, kind;
    IF code IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'SL001', MESSAGE = code, DETAIL = kind;
    END IF;
    RETURN NULL;
END $$;

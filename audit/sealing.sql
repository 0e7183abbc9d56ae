-- Tamper evidence: entries of finished transactions are added to blocks; each block has the hash of the one before it.
-- Two chains per trial, one for the entries everybody may read and one for the sealed ones, so that the head of the
-- first says nothing about the second. Only this function writes blocks, and it alone reads sealed entries without a
-- clearance (policies of safety_monitor/protection.py: the owner's rights and `safety.sealing`, both at once).

-- The text that is hashed: canonical JSON as PostgreSQL writes jsonb (keys by length, then by bytes). Without the
-- transaction's number: it would count sealed work. audit/rules/chain.py computes the same text.
CREATE OR REPLACE FUNCTION audit_canonical(e audit_entry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', e.id, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'written_at', to_char(e.written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'actor_id', e.actor_id, 'actor_label', e.actor_label, 'reason', e.reason, 'request_id', e.request_id,
        'trial_id', e.trial_id, 'table_name', e.table_name, 'row_id', e.row_id, 'change', e.change,
        'old', e.old, 'new', e.new, 'sealed', e.sealed)::text
$$;

-- Adds up to about `most` entries to blocks; returns their number, or null while another worker seals.
--
-- Numbers of entries are given before the commit, so a lower one may appear after a higher one. Entries below the horizon
-- (the oldest transaction still running) are complete. The function takes the transactions between the last horizon and
-- this one, so it takes each entry once. An entry that appears below the last horizon later was not written by the trail;
-- it is never taken, and `verify_audit` reports it. In a cluster restored from a dump, transaction numbers start again:
-- then the horizon is in the future, and every entry that is in no block yet is taken.
CREATE OR REPLACE FUNCTION audit_seal(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    state audit_sealing;
    chain audit_chain;
    part record;
    is_restored boolean;
    lowest bigint;
    reached bigint;
    unborn bigint;
    made timestamptz;
    digest text;
    taken bigint := 0;
BEGIN
    SELECT * INTO state FROM audit_sealing FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM set_config('safety.sealing', 'on', true);
    SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint INTO reached, unborn
    FROM pg_current_snapshot() AS now;
    is_restored := state.horizon > reached;
    lowest := CASE WHEN is_restored THEN 0 ELSE state.horizon END;
    IF NOT is_restored THEN
        SELECT CASE WHEN count(*) < most THEN reached ELSE max(transaction_id) + 1 END INTO reached
        FROM (SELECT transaction_id FROM audit_entry WHERE transaction_id >= lowest AND transaction_id < reached
              ORDER BY transaction_id LIMIT most) AS portion;
    END IF;
    FOR part IN
        SELECT c.trial_id, c.sealed, array_agg(c.id ORDER BY c.id) AS ids, array_agg(c.sha256 ORDER BY c.id) AS hashes
        FROM (
            SELECT e.id, e.trial_id, e.sealed, sha256(convert_to(audit_canonical(e), 'UTF8')) AS sha256,
                   (row_number() OVER (PARTITION BY e.trial_id, e.sealed ORDER BY e.id) - 1) / 1000 AS portion
            FROM audit_entry e
            WHERE ((e.transaction_id >= lowest AND e.transaction_id < reached)
                   OR (is_restored AND e.transaction_id >= unborn))
              AND NOT EXISTS (
                SELECT FROM audit_chain k JOIN audit_block b ON b.chain_id = k.id
                WHERE k.trial_id IS NOT DISTINCT FROM e.trial_id AND k.sealed = e.sealed
                  AND b.last_entry_id >= e.id AND b.first_entry_id <= e.id AND e.id = ANY (b.entry_ids))
        ) c GROUP BY c.trial_id, c.sealed, c.portion ORDER BY c.trial_id, c.sealed, c.portion
    LOOP
        SELECT * INTO chain FROM audit_chain k WHERE k.trial_id IS NOT DISTINCT FROM part.trial_id AND k.sealed = part.sealed;
        IF NOT FOUND THEN
            INSERT INTO audit_chain (trial_id, sealed, length, entries, head_sha256)
            VALUES (part.trial_id, part.sealed, 0, 0, '') RETURNING * INTO chain;
        END IF;
        made := clock_timestamp();
        digest := encode(sha256(convert_to(jsonb_build_object(
            'number', chain.length + 1, 'previous', chain.head_sha256, 'sealed', part.sealed, 'trial_id', part.trial_id,
            'made_at', to_char(made AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'entries', (SELECT jsonb_agg(jsonb_build_array(one.id, encode(one.hash, 'hex')) ORDER BY one.id)
                        FROM unnest(part.ids, part.hashes) AS one(id, hash)))::text, 'UTF8')), 'hex');
        INSERT INTO audit_block (chain_id, trial_id, sealed, number, made_at, first_entry_id, last_entry_id, entry_ids,
                                 entry_sha256, previous_sha256, sha256)
        VALUES (chain.id, part.trial_id, part.sealed, chain.length + 1, made, part.ids[1],
                part.ids[cardinality(part.ids)], part.ids, part.hashes, chain.head_sha256, digest);
        UPDATE audit_chain k SET length = k.length + 1, entries = k.entries + cardinality(part.ids), head_sha256 = digest
        WHERE k.id = chain.id;
        taken := taken + cardinality(part.ids);
    END LOOP;
    UPDATE audit_sealing SET horizon = reached, swept_at = clock_timestamp();
    PERFORM set_config('safety.sealing', '', true);
    RETURN taken;
END $$;

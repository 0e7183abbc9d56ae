"""Verification of the trail: every block against the one before, every entry against its hash."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections

from audit.models import Block, Chain
from audit.queries.lines import lines_by_id
from audit.rules.chain import EntryLine, block_sha256, exchanged, line_sha256

BLOCKS_AT_ONCE = 4
"""Blocks of at most a thousand entries that are in memory at a time."""
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
LONGEST_TRANSACTION = timedelta(hours=1)
"""An entry may follow entries that were written later by this much at most.

Its transaction was open when they were sealed (own choice; the longest import takes minutes).
"""
CLOCK_TOLERANCE = timedelta(minutes=1)
"""Number and time of an entry are taken one after the other, so two writers can interleave.

And clocks are adjusted.
"""


@dataclass(frozen=True)
class TrailFinding:
    """A difference between the trail and what was sealed: the kind, the entry or block, and one sentence.

    `kind` is changed, removed, inserted, reordered, block, chain, time, head, continuity or row.
    """

    kind: str
    what: str
    sealed: bool | None
    block: int | None = None
    entry_id: int | None = None
    table: str = ""
    row_id: int | None = None


@dataclass(frozen=True)
class Waiting:
    """Entries that are in no block yet: how many, and since when."""

    count: int
    oldest_at: datetime | None


def check_chain(*, trial_id: int | None, sealed: bool, using: str = "default") -> Iterator[TrailFinding]:
    """Every difference between a trial's open or sealed chain and what was sealed.

    A sealed one needs a clearance.

    Time grows with the number of entries; memory is that of a few blocks.
    """
    chain = Chain.objects.using(using).filter(trial_id=trial_id, sealed=sealed).first()
    length, head = (chain.length, chain.head_sha256) if chain else (0, "")
    # Up to the present length of the chain: the sealing may continue during the check.
    blocks = Block.objects.using(using).filter(trial_id=trial_id, sealed=sealed, number__lte=length)
    previous, number, newest = "", 0, None
    for block in blocks.order_by("number").iterator(chunk_size=BLOCKS_AT_ONCE):
        yield from _check_place(block, number=number + 1, previous=previous)
        lines = lines_by_id(block.entry_ids, using=using)
        yield from _check_entries(block, lines)
        yield from _check_times(block, sorted(lines.values()), newest)
        previous, number, newest = block.sha256, block.number, _newest(block, lines.values(), newest)
    if number != length:
        yield TrailFinding("block", f"block {length}, the last one, is missing.", sealed, block=length)
    elif previous != head:
        yield TrailFinding(
            "block", f"block {number} is not the one that the chain ended in.", sealed, block=number
        )
    for (extra,) in _rows(_EXTRA_BLOCKS, trial_id, sealed, using):
        yield TrailFinding("block", f"block {extra} was not made by the sealing.", sealed, block=extra)
    yield from _inserted(trial_id, sealed, using)
    yield from _out_of_time(trial_id, sealed, using)
    yield from _discontinuities(trial_id, sealed, using)


def _check_place(block: Block, *, number: int, previous: str) -> Iterator[TrailFinding]:
    if block.number != number:
        what = f"block {number} is missing: block {block.number} follows block {number - 1}."
        yield TrailFinding("block", what, block.sealed, block=number)
    elif block.previous_sha256 != previous:
        what = f"block {number} does not name the hash of the block before it."
        yield TrailFinding("block", what, block.sealed, block=number)
    if _sha256(block) != block.sha256:
        what = f"block {block.number} was changed: its hash does not fit its list of entries."
        yield TrailFinding("block", what, block.sealed, block=block.number)


def _sha256(block: Block) -> str:
    return block_sha256(
        number=block.number,
        made_at=block.made_at.strftime(MOMENT),
        sealed=block.sealed,
        trial_id=block.trial_id,
        previous=block.previous_sha256,
        entries=list(_listed(block).items()),
    )


def _listed(block: Block) -> dict[int, str]:
    """The entries of a block in its order: id to hash.

    A duplicate id leaves one entry, and the block's hash then fails.
    """
    hashes = (bytes(digest).hex() for digest in block.entry_sha256)
    return dict(zip(block.entry_ids, hashes, strict=False))


def _check_entries(block: Block, lines: Mapping[int, EntryLine]) -> Iterator[TrailFinding]:
    listed = _listed(block)
    for entry_id in sorted(listed.keys() - lines.keys()):
        yield _finding("removed", "is not there any more", block, entry_id)
    differing = {entry_id: line for entry_id, line in lines.items() if line_sha256(line) != listed[entry_id]}
    swapped = exchanged(list(differing.values()), {entry_id: listed[entry_id] for entry_id in differing})
    for entry_id, line in sorted(differing.items()):
        if other := swapped.get(entry_id):
            yield _finding("reordered", f"holds what entry {other} held", block, entry_id, line)
        else:
            yield _finding("changed", "is not as it was sealed", block, entry_id, line)


def _check_times(block: Block, lines: Iterable[EntryLine], newest: datetime | None) -> Iterator[TrailFinding]:
    """Entries written after their block was made, or long before the entries of the blocks before it."""
    earliest = (newest - LONGEST_TRANSACTION).strftime(MOMENT) if newest else ""
    latest = _latest(block)
    for line in lines:
        if line.written_at > latest:
            what = f"says that it was written at {line.written_at}, after the block was made"
            yield _finding("time", what, block, line.id, line)
        elif line.written_at < earliest:
            what = f"says that it was written at {line.written_at}, long before entries that were sealed before it"
            yield _finding("time", what, block, line.id, line)


def _latest(block: Block) -> str:
    return (block.made_at + CLOCK_TOLERANCE).strftime(MOMENT)


def _newest(block: Block, lines: Iterable[EntryLine], newest: datetime | None) -> datetime | None:
    """The time of the newest entry so far. Entries later than their block do not count."""
    times = [line.written_at for line in lines if line.written_at <= _latest(block)]
    if not times:
        return newest
    moment = datetime.strptime(max(times), MOMENT).replace(tzinfo=UTC)
    return moment if newest is None else max(moment, newest)


def _finding(
    kind: str, what: str, block: Block, entry_id: int, line: EntryLine | None = None
) -> TrailFinding:
    of_row = f" ({line.table_name} {line.row_id})" if line else ""
    return TrailFinding(
        kind,
        f"entry {entry_id}{of_row} in block {block.number} {what}.",
        block.sealed,
        block.number,
        entry_id,
        line.table_name if line else "",
        line.row_id if line else None,
    )


_EXTRA_BLOCKS = """
    SELECT b.number FROM audit_block b
    WHERE b.trial_id IS NOT DISTINCT FROM %(trial_id)s AND b.sealed = %(sealed)s
      AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.id = b.chain_id AND c.length >= b.number)
    ORDER BY b.number
"""
_UNSEALED = """
    FROM audit_entry e
    WHERE e.trial_id IS NOT DISTINCT FROM %(trial_id)s AND e.sealed = %(sealed)s AND NOT EXISTS (
        SELECT FROM (SELECT unnest(b.entry_ids) AS id FROM audit_block b
                     WHERE b.trial_id IS NOT DISTINCT FROM %(trial_id)s AND b.sealed = %(sealed)s) s
        WHERE s.id = e.id)
"""
_LATE = f"""
    SELECT e.id, e.table_name, e.row_id {_UNSEALED}
    AND e.transaction_id < (SELECT horizon FROM audit_sealing
                            WHERE horizon <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
    ORDER BY e.id
"""  # noqa: S608


def _inserted(trial_id: int | None, sealed: bool, using: str) -> Iterator[TrailFinding]:
    """Entries that are in no block although everything of their time was sealed."""
    for entry_id, table, row_id in _rows(_LATE, trial_id, sealed, using):
        what = f"entry {entry_id} ({table} {row_id}) was put in after the entries of its time were sealed."
        yield TrailFinding("inserted", what, sealed, None, entry_id, table, row_id)


_OUT_OF_TIME = """
    SELECT id, table_name, row_id, written_at, latest FROM (
        SELECT e.id, e.table_name, e.row_id, e.written_at,
               max(e.written_at) FILTER (WHERE e.written_at <= clock_timestamp()) OVER (
                   ORDER BY e.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
        FROM audit_entry e WHERE e.trial_id IS NOT DISTINCT FROM %(trial_id)s AND e.sealed = %(sealed)s) e
    WHERE written_at < latest - %(tolerance)s OR written_at > clock_timestamp() + %(tolerance)s
    ORDER BY id
"""


def _out_of_time(trial_id: int | None, sealed: bool, using: str) -> Iterator[TrailFinding]:
    """Entries whose time does not fit their number: both increase together."""
    asked = {"trial_id": trial_id, "sealed": sealed, "tolerance": CLOCK_TOLERANCE}
    for entry_id, table, row_id, written_at, latest in _fetched(_OUT_OF_TIME, asked, using):
        moment = written_at.strftime(MOMENT)
        before = f"an entry of a lower number at {latest.strftime(MOMENT)}" if latest else "now"
        what = (
            f"entry {entry_id} ({table} {row_id}) says that it was written at {moment}, which does not fit {before}: "
            "it was put in by hand, or the server's clock was set."
        )
        yield TrailFinding("time", what, sealed, None, entry_id, table, row_id)


def waiting_of(*, trial_id: int | None, sealed: bool, using: str = "default") -> Waiting:
    """How many entries are in no block yet, and the oldest of them."""
    ((count, oldest),) = _rows(f"SELECT count(*), min(e.written_at) {_UNSEALED}", trial_id, sealed, using)
    return Waiting(count, oldest)


_CONTINUITY = """
    SELECT id, table_name, row_id FROM (
        SELECT e.id, e.table_name, e.row_id, e.change, e.old,
               lag(e.new) OVER (PARTITION BY e.table_name, e.row_id ORDER BY e.id) AS previous
        FROM audit_entry e WHERE e.trial_id IS NOT DISTINCT FROM %(trial_id)s AND e.sealed = %(sealed)s) e
    WHERE (e.change = 'INSERT' AND e.previous IS NOT NULL)
       OR (e.change = 'UPDATE' AND e.previous IS NULL AND NOT EXISTS (
            SELECT FROM audit_entry p WHERE p.table_name = e.table_name AND p.row_id = e.row_id AND p.id < e.id))
       OR (e.change = 'UPDATE' AND e.old IS DISTINCT FROM e.previous AND EXISTS (
            SELECT FROM jsonb_each(e.old) o JOIN jsonb_each(e.previous) p USING (key) WHERE o.value <> p.value))
    ORDER BY id
"""
"""Columns of both sides are compared: a migration may have added some between two entries."""


def _discontinuities(trial_id: int | None, sealed: bool, using: str) -> Iterator[TrailFinding]:
    for entry_id, table, row_id in _rows(_CONTINUITY, trial_id, sealed, using):
        what = (
            f"entry {entry_id} ({table} {row_id}) does not begin where the entry before it ended: "
            "one between them is missing, or one of them is not the trail's own."
        )
        yield TrailFinding("continuity", what, sealed, None, entry_id, table, row_id)


def _rows(query: str, trial_id: int | None, sealed: bool, using: str) -> list[Any]:
    return _fetched(query, {"trial_id": trial_id, "sealed": sealed}, using)


def _fetched(query: str, asked: dict[str, Any], using: str) -> list[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(query, asked)
        found: list[Any] = cursor.fetchall()
        return found

"""Snapshots in the database: large ones are compressed, and come back as they were."""

import pytest

from reports.models.reports import SnapshotField
from reports.rules.packing import PACKED_FROM, packed, unpacked


@pytest.mark.parametrize("length", [1, PACKED_FROM - 1, PACKED_FROM, PACKED_FROM + 1])
def test_large_snapshots_are_packed_and_come_back(length):
    content = b"{" + b"a" * (length - 1)

    kept = packed(content)

    assert unpacked(kept) == unpacked(packed(kept)) == content
    assert (len(kept) < length) == (length >= PACKED_FROM)
    assert kept.startswith(b"{") == (length < PACKED_FROM)


@pytest.mark.parametrize("broken", [lambda kept: kept[:-1], lambda kept: kept[:40] + b"?" + kept[41:]])
def test_packed_bytes_that_were_changed_are_given_back_as_they_are(broken):
    kept = broken(packed(b"{" + b"ab" * PACKED_FROM + b"}"))

    assert SnapshotField().from_db_value(kept, None, None) == kept
    assert SnapshotField().from_db_value(None, None, None) is None

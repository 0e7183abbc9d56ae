"""Pauses after wrong passwords, and the counted address behind proxies."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules import (
    ADDRESS,
    EMERGENCY,
    KNOWN_DEVICE,
    NAME,
    NAME_AT_ADDRESS,
    PASSWORD_AGAIN,
    Limit,
    client_address,
)

AT = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)
LIMIT = Limit(3, timedelta(minutes=15), timedelta(seconds=60))


def ago(*seconds: float) -> list[datetime]:
    return [AT - timedelta(seconds=one) for one in seconds]


@pytest.mark.parametrize(
    ("wrong", "wait"),
    [
        ([], 0),
        (ago(0, 0), 0),
        (ago(0, 0, 0), 60),
        (ago(600, 20, 300), 40),
        (ago(600, 60, 300), 0),
        (ago(1, 899.9, 2), 59),
        (ago(1, 900, 2), 0),  # the third is out of the window
        (ago(*range(100, 400)), 0),  # however many: who waits is checked
    ],
)
def test_wait_after_wrong_ones(wrong: list[datetime], wait: float) -> None:
    assert LIMIT.wait(wrong, at=AT) == timedelta(seconds=wait)


def test_a_wrong_one_in_the_future_does_not_count() -> None:
    assert LIMIT.wait(ago(-1, -1, -1, -1), at=AT) == timedelta()


@pytest.mark.parametrize("limit", [KNOWN_DEVICE, NAME_AT_ADDRESS, NAME, ADDRESS, PASSWORD_AGAIN, EMERGENCY])
def test_no_limit_refuses_for_longer_than_a_minute(limit: Limit) -> None:
    attack = ago(*(0.1 * number for number in range(2000)))

    assert timedelta() < limit.wait(attack, at=AT) <= timedelta(minutes=1)


@pytest.mark.parametrize(
    ("direct", "forwarded", "trusted", "counted"),
    [
        ("10.7.0.20", "", [], "10.7.0.20"),
        ("10.7.0.20", "1.2.3.4", [], "10.7.0.20"),
        ("10.0.0.1", "1.2.3.4", ["10.0.0.1"], "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", ["10.0.0.1"], "1.2.3.4"),  # what the visitor sent stands left
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", ["10.0.0.0/24"], "1.2.3.4"),
        ("10.0.0.1", "10.0.0.9, 10.0.0.2", ["10.0.0.0/24"], "10.0.0.9"),
        ("10.0.0.1", "", ["10.0.0.1"], "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4, nonsense", ["10.0.0.1"], "10.0.0.1"),
        ("", "1.2.3.4", ["unix"], "1.2.3.4"),
        ("", "1.2.3.4", [], ""),
        ("::ffff:10.7.0.20", "", [], "10.7.0.20"),
        ("2001:db8:1:2:3:4:5:6", "", [], "2001:db8:1:2::/64"),
        ("10.0.0.1", "2001:db8:1:2:ffff::1", [" 10.0.0.1 "], "2001:db8:1:2::/64"),
    ],
)
def test_address_that_counts(direct: str, forwarded: str, trusted: list[str], counted: str) -> None:
    assert client_address(direct, forwarded, trusted=trusted) == counted

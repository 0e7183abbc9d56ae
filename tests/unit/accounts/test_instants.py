"""Instants as parameters of a list: any offset of ISO 8601, in UTC; impossible dates are refused."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from webkit.api.instants import InstantField


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-04-06T11:00:00+02:00", datetime(2020, 4, 6, 9, 0, tzinfo=UTC)),
        ("2020-04-06T09:00:00Z", datetime(2020, 4, 6, 9, 0, tzinfo=UTC)),
        ("0423-11-27T04:10:30-23:09", datetime(423, 11, 28, 3, 19, 30, tzinfo=UTC)),
    ],
)
def test_instant_is_taken_in_utc_whatever_its_offset(text: str, moment: datetime) -> None:
    taken = InstantField().clean(text)

    assert (taken, taken.utcoffset()) == (moment, moment.utcoffset())


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+10:00", "2020-02-30T00:00:00Z", "yesterday"])
def test_instant_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        InstantField().clean(text)

"""Dates with an unknown part before a known one, and intervals (SDTMIG 3.4 section 4.4.2)."""

import pytest

from partial_dates import ImpossibleDateError, Precision, parse_partial


@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        ("2023---07", "2023-01-01", "2023-12-31", Precision.YEAR),
        ("2023-02--T10:00", "2023-02-01", "2023-02-28", Precision.MONTH),
        ("2023-05-06T-:30", "2023-05-06", "2023-05-06", Precision.DAY),
        ("2023-05-06T11:-:20", "2023-05-06", "2023-05-06", Precision.HOUR),
        ("--03-09", "1900-01-01", "2100-12-31", Precision.YEAR),
        ("----09", "1900-01-01", "2100-12-31", Precision.YEAR),
        ("2023-05-06/2023-05-09", "2023-05-06", "2023-05-09", Precision.MONTH),
        ("2023-05-30/2023-06", "2023-05-30", "2023-06-30", Precision.YEAR),
        ("2023-05-06T08:00/2023-05-06T11:00", "2023-05-06", "2023-05-06", Precision.DAY),
    ],
)
def test_a_date_with_a_gap_spans_all_that_it_can_mean(
    written: str, first: str, last: str, precision: Precision
) -> None:
    moment = parse_partial(written, "UTC")

    assert (moment.text, moment.precision) == (written, precision)
    assert (moment.earliest.date().isoformat(), moment.latest.date().isoformat()) == (first, last)


@pytest.mark.parametrize(
    "written",
    [
        "-----",
        "2023---32",
        "--13-01",
        "2023-05-06T-:61",
        "2023-06-01/2023-05-01",
        "2023/2024/2025",
        "/2023",
        "-",
        "2023-",
    ],
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(ImpossibleDateError):
        parse_partial(written, "UTC")

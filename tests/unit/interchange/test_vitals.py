from dataclasses import replace
from decimal import Decimal

import pytest

from interchange.rules import read_study
from tests.unit.interchange.study_rows import AT, bad, dataset, dm, protocol, study_of, vs


def test_signs_of_one_moment_are_one_reading() -> None:
    study = study_of(vs=[vs(), vs(seq="2", test="DIABP", value="70"), vs(seq="3", VSDTC="2013-01-10T10:00")])

    assert [dict(reading.values) for reading in study.vitals] == [
        {"sbp_mmhg": Decimal(120), "dbp_mmhg": Decimal(70)},
        {"sbp_mmhg": Decimal(120)},
    ]


def test_time_points_and_repeats_of_one_moment_are_readings_of_their_own() -> None:
    study = study_of(
        vs=[vs(VSTPT="SUPINE"), vs(seq="2", VSTPT="STANDING"), vs(seq="3", value="118", VSTPT="SUPINE")]
    )

    assert [(reading.timepoint, reading.repeat) for reading in study.vitals] == [
        ("SUPINE", 1),
        ("STANDING", 1),
        ("SUPINE", 2),
    ]


@pytest.mark.parametrize(
    ("test", "value", "unit", "field", "expected"),
    [
        ("FIO2", "40", "%", "fio2_fraction", "0.400"),
        ("FIO2", "0.4", "fraction of 1", "fio2_fraction", "0.400"),
        ("TEMP", "98.6", "F", "temperature_c", "37.0"),
        ("TEMP", "37.04", "C", "temperature_c", "37.0"),
        ("PULSE", "0", "beats/min", "heart_rate_bpm", "0"),
        ("OXYSAT", "88.5", "%", "spo2_percent", "88.5"),
    ],
)
def test_value_is_converted_by_the_unit_that_the_file_names(
    test: str, value: str, unit: str, field: str, expected: str
) -> None:
    study = study_of(vs=[vs(test=test, value=value, VSSTRESU=unit)])

    assert study.vitals[0].values == {field: Decimal(expected)}


@pytest.mark.parametrize(
    ("test", "value", "unit", "variable"),
    [
        ("FIO2", "40", "", "VSSTRESU"),
        ("FIO2", "40", "fraction of 1", "VSSTRESN"),
        ("SYSBP", "16", "kPa", "VSSTRESU"),
        ("SYSBP", "-1", "mmHg", "VSSTRESN"),
        ("OXYSAT", "101", "%", "VSSTRESN"),
    ],
)
def test_unit_or_size_that_cannot_be_is_refused(test: str, value: str, unit: str, variable: str) -> None:
    study = study_of(vs=[vs(test=test, value=value, VSSTRESU=unit)])

    assert [row.variable for row in study.bad_rows] == [variable]


@pytest.mark.parametrize(("value", "refused"), [("300", False), ("301", True)])
def test_hard_limits_of_the_protocol_hold(value: str, refused: bool) -> None:
    with_limits = replace(protocol(), haemodynamics=protocol("stroma-cov-2").haemodynamics)
    datasets = {
        "dm": dataset("dm", dm()),
        "vs": dataset("vs", vs(test="HR", value=value, VSSTRESU="beats/min")),
    }

    study = read_study(datasets, protocol=with_limits, vocabulary=None, at=AT)

    assert (len(study.bad_rows) == 1) == refused


def test_original_result_is_used_where_no_standard_one_is() -> None:
    study = study_of(vs=[vs(value="", VSORRES="118", VSORRESU="mmHg")])

    assert study.vitals[0].values == {"sbp_mmhg": Decimal(118)}


def test_rows_that_become_no_reading_are_counted_by_reason() -> None:
    study = study_of(
        vs=[
            vs(test="WEIGHT", value="80"),
            vs(seq="2", VSSTAT="NOT DONE", value=""),
            vs(seq="3", VSDTC="2013-01"),
            vs(seq="4", value=""),
        ]
    )

    assert study.vitals == ()
    assert study.not_used == {
        "VS: not done": 1,
        "VS: test WEIGHT": 1,
        "VS: without a value or a day": 2,
    }


def test_bad_value_is_refused_and_not_counted_as_unused() -> None:
    study = study_of(vs=[vs(value="high")])

    assert bad(study) == [("vs.csv", 2, "VSSTRESN", "high")]
    assert study.not_used == {}

"""LB, VS, QS and RS as days in intensive care: which rows are used, only counted, or refused."""

from datetime import date
from decimal import Decimal

import pytest

from interchange.rules import Study
from tests.unit.interchange.study_rows import STROMA, Values, bad, dm, lb, rs, study_of, vs

DAY = date(2020, 4, 7)
PERSON = dm(study=STROMA, RFSTDTC="2020-04-06", DMDTC="2020-04-06", SITEID="01")


def fio2(value: str = "0.6", seq: str = "1", **values: str) -> Values:
    row = {"VSCAT": "DAILY ASSESSMENT", "VSSTRESU": "FRACTION OF 1", "VSDTC": "2020-04-07T07:00"}
    return vs(seq=seq, test="FIO2", value=value, STUDYID=STROMA, **{**row, **values})


def study(**rows: list[Values]) -> Study:
    return study_of(graded=True, **({"dm": [PERSON]} | rows))


def values(**rows: list[Values]) -> dict[date, dict[str, Decimal]]:
    found = study(**rows)
    assert bad(found) == []
    return {record.day: dict(record.values) for record in found.days}


def test_oxygen_fraction_and_points_of_a_day_are_one_day() -> None:
    assert values(lb=[lb()], vs=[fio2()], rs=[rs(), rs(seq="2", test="SOFACNS", value="0")]) == {
        DAY: {
            "pao2_mmhg": Decimal("90.0"),
            "fio2_fraction": Decimal("0.600"),
            "sofa_renal": Decimal(2),
            "sofa_cns": Decimal(0),
        }
    }


def test_points_may_stand_in_qs() -> None:
    points = {name.replace("RS", "QS", 1): value for name, value in rs().items()} | {"DOMAIN": "QS"}

    assert values(qs=[points]) == {DAY: {"sofa_renal": Decimal(2)}}


def test_kilopascal_is_converted_because_the_file_names_it() -> None:
    assert values(lb=[lb(value="12", LBSTRESU="kPa")]) == {DAY: {"pao2_mmhg": Decimal("90.0")}}


def test_a_ratio_alone_is_given_and_beside_both_parts_left_out() -> None:
    ratio = lb(seq="2", test="PO2FIO2", value="150", LBSTRESU="")
    whole = study(lb=[lb(), ratio], vs=[fio2()])

    assert values(lb=[ratio]) == {DAY: {"pf_ratio_given": Decimal("150.0")}}
    assert "pf_ratio_given" not in whole.days[0].values
    assert whole.not_used["daily assessments: ratio beside its parts"] == 1


def test_the_earliest_value_of_a_day_counts_and_the_others_are_counted() -> None:
    later, earlier = lb(value="70", LBDTC="2020-04-07T20:00"), lb(seq="2", value="90")
    found = study(lb=[later, earlier])

    assert found.days[0].values == {"pao2_mmhg": Decimal("90.0")}
    assert found.not_used["daily assessments: further value of a day"] == 1


def test_the_day_is_the_calendar_day_of_the_site() -> None:
    assert list(values(lb=[lb(LBDTC="2020-04-07T22:30Z")])) == [date(2020, 4, 8)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (lb(test="ALB"), "LB: other tests"),
        (lb(value="", LBSTAT="NOT DONE"), "LB: not done"),
        (lb(LBSPEC="VENOUS BLOOD"), "LB: venous blood"),
        (lb(value=""), "LB: without a value or a day"),
        (lb(LBDTC="2020-04"), "LB: without a value or a day"),
        (lb(LBDTC="2020-04-05"), "daily assessments: before day 0 or not enrolled"),
    ],
)
def test_what_is_no_value_of_a_day_is_counted(row: Values, reason: str) -> None:
    found = study(lb=[row])

    assert (found.days, bad(found)) == ((), [])
    assert found.not_used[reason] == 1


@pytest.mark.parametrize(
    ("rows", "variable"),
    [
        ({"lb": [lb(value="12")]}, "LBSTRESN"),
        ({"lb": [lb(value="701")]}, "LBSTRESN"),
        ({"lb": [lb(LBSTRESU="g/L")]}, "LBSTRESU"),
        ({"lb": [lb(LBDTC="2020-02-30")]}, "LBDTC"),
        ({"lb": [lb(), lb()]}, "LBSEQ"),
        ({"lb": [lb("P9")]}, "USUBJID"),
        ({"rs": [rs(value="5")]}, "RSSTRESN"),
        ({"rs": [rs(value="1.5")]}, "RSSTRESN"),
        ({"vs": [fio2("60")]}, "VSSTRESN"),
        ({"vs": [fio2(VSSTRESU="")]}, "VSSTRESU"),
        ({"lb": [lb()], "dm": [PERSON | {"DTHFL": "Y", "DTHDTC": "2020-04-06"}]}, "LBDTC"),
    ],
)
def test_what_cannot_be_is_a_bad_row(rows: dict[str, list[Values]], variable: str) -> None:
    assert [row[2] for row in bad(study(**rows))] == [variable]


def test_a_vital_sign_of_another_category_stays_a_haemodynamic_reading() -> None:
    found = study(vs=[fio2(VSCAT="AROUND INFUSION"), fio2("0.5", seq="2")])

    assert [dict(reading.values) for reading in found.vitals] == [{"fio2_fraction": Decimal("0.600")}]
    assert [dict(day.values) for day in found.days] == [{"fio2_fraction": Decimal("0.500")}]

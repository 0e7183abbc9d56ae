"""The frozen daily assessments, follow-up and deviations: as known at the cut-off, nothing sealed in the open part."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.services import system_user
from assessments.models import DailyAssessment, ProtocolDeviation
from product.models import ProductDeviation
from reports.choices import ReportKind
from tests.factories import save_row, unsealed
from tests.integration.reports.board_trials import enrol_many, enrolled_at
from tests.integration.reports.test_snapshots import MINUTE, correct, snapshots
from trials.models import Participant, Trial
from trials.services import record_death


def assess(person: Participant, day: int, *, at: Any, **values: Any) -> DailyAssessment:
    assert person.day0_date is not None
    on = person.day0_date + timedelta(days=day)
    row = DailyAssessment(trial=person.trial, participant=person, assessed_date=on, **values)
    return save_row(row, at=at)


def test_assessments_are_as_they_were_at_the_cutoff(trial: Trial) -> None:
    first, second, third = enrol_many(trial, 3)
    gas = {"pao2_mmhg": Decimal(90), "fio2_fraction": Decimal("0.6"), "ventilation": "invasive"}
    corrected = assess(first, 0, at=enrolled_at(2), **gas)
    assess(first, 1, at=enrolled_at(3) + MINUTE, **gas)
    assess(second, 0, at=enrolled_at(3), place="ward")
    correct(corrected, at=enrolled_at(3) + MINUTE, pao2_mmhg=Decimal(60))

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    rows = frozen["frames"]["daily_assessments"]
    assert [(row["participant"], row["study_day"], row["pf_ratio"]) for row in rows] == [
        (first.code, 0, 150.0), (second.code, 0, None),
    ]  # fmt: skip
    assert frozen["entered_after_cutoff"] == {"daily_assessments": 1}
    assert frozen["corrected_after_cutoff"] == {"daily_assessments": 1}
    followed = {row["participant"]: row for row in frozen["frames"]["follow_up"]}
    assert followed[second.code]["left_icu_day"] == 0
    assert (followed[first.code]["last_alive_day"], followed[third.code]["last_alive_day"]) == (0, None)
    assert (followed[first.code]["cutoff_day"], followed[third.code]["cutoff_day"]) == (2, 0)


def test_a_death_and_a_discharge_recorded_later_have_not_happened_yet(trial: Trial) -> None:
    first, second, _third = enrol_many(trial, 3)
    died = enrolled_at(2).date().isoformat()
    record_death(
        participant=first, died=died, by=system_user(), at=enrolled_at(3) + MINUTE, reason="death form"
    )
    assert second.day0_date is not None
    assess(second, 1, at=enrolled_at(3) + MINUTE, place="ward", left_icu_date=second.day0_date)

    followed = {
        row["participant"]: row for row in snapshots(trial, 3)[ReportKind.OPEN]["frames"]["follow_up"]
    }

    assert (followed[first.code]["died"], followed[first.code]["death_day"]) == (False, None)
    assert followed[second.code]["left_icu_day"] is None


def test_somebody_enrolled_after_the_look_has_no_days_in_it(trial: Trial) -> None:
    *_, later = enrol_many(trial, 4)
    correct(later, at=enrolled_at(3), enrolment_recorded_at=enrolled_at(3))
    assess(later, 0, at=enrolled_at(3), alive=True)

    frames = snapshots(trial, 3)[ReportKind.OPEN]["frames"]

    assert frames["daily_assessments"] == []
    assert later.code not in {row["participant"] for row in frames["follow_up"]}


def test_deviations_of_the_product_are_in_the_closed_snapshot_alone(trial: Trial) -> None:
    person, *_ = enrol_many(trial, 3)
    told = {"trial": trial, "participant": person, "occurred": "2020-04-08", "importance": "major"}
    save_row(
        ProtocolDeviation(**told, site=person.site, category="consent", description="Late."),
        at=enrolled_at(2),
    )
    with unsealed(trial):
        sealed = ProductDeviation(**told, category="out_of_specification", description="Few cells.")
        save_row(sealed, at=enrolled_at(2))
        void = ProductDeviation(**told, category="storage", description="Of another trial.")
        void.voided_at, void.void_reason = enrolled_at(2), "of another trial"
        save_row(void, at=enrolled_at(2))
        correct(sealed, at=enrolled_at(2) + MINUTE, category="expired")

    both = snapshots(trial, 3)

    assert [row["category"] for row in both[ReportKind.OPEN]["frames"]["deviations"]] == ["consent"]
    assert both[ReportKind.OPEN]["frames"]["product_deviations"] == []
    assert '"expired"' not in json.dumps(both[ReportKind.OPEN])
    closed = both[ReportKind.CLOSED]["frames"]["product_deviations"]
    assert [(row["participant"], row["category"]) for row in closed] == [(person.code, "expired")]

"""An unrecorded salt: certain results are found, others are reported at entry, at the reading and in the worklist."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from haemodynamics.models import HaemodynamicFinding
from haemodynamics.queries import monitored_infusion, monitored_infusions
from haemodynamics.rules import RunningVasopressor, Status
from haemodynamics.services import correct_reading
from tests.factories import make_enrolled, make_infusion, make_user
from tests.integration.haemodynamics.haemodynamic_rows import (
    NOW,
    START,
    Bedside,
    at,
    make_bedside,
    norepinephrine,
)
from tests.plugins.shared_rows import shared_rows
from trials.models import Site
from trials.services import set_pharmacy_salt
from worklist.pages.scope import scope_of
from worklist.pages.sections import worklist_of

pytestmark = pytest.mark.django_db


@shared_rows
def bedside() -> Bedside:
    return make_bedside()


def without_salt(rate: str, unit: str = "ug/min") -> RunningVasopressor:
    return RunningVasopressor("norepinephrine", Decimal(rate), unit, "")


def manage(bedside: Bedside, salt: str) -> Site:
    manager = make_user("data_manager", trial=bedside.trial)
    return set_pharmacy_salt(
        site=bedside.site, norepinephrine_salt=salt, by=manager, at=NOW, reason="the pharmacy wrote"
    )


def test_rate_above_the_threshold_as_base_and_as_tartrate_raises_a_finding(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("0.05", "ug/kg/min", "unknown"))
    bedside.read(60, norepinephrine("0.4", "ug/kg/min", "unknown"))

    assert [row.criterion for row in HaemodynamicFinding.objects.all()] == ["NOREPINEPHRINE"]


def test_undecided_rate_is_work_until_the_salt_is_known(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("5"))
    reading = bedside.read(60, norepinephrine("15", salt="unknown"))

    before = work_of(bedside)
    correct_reading(
        reading=reading,
        values={},
        vasopressors=[norepinephrine("15", salt="tartrate")],
        by=bedside.nurse,
        at=NOW,
        reason="asked the pharmacy",
    )

    assert [line for line in before if "salt" in line and "cannot be judged" in line]
    assert not [line for line in work_of(bedside) if "cannot be judged" in line]


def work_of(bedside: Bedside) -> list[str]:
    place = scope_of(bedside.nurse, at=NOW)
    assert place is not None
    sections = worklist_of(bedside.nurse, place).sections
    return [f"{item.title} {item.detail}" for section in sections for item in section.items]


def test_page_says_at_entry_and_at_the_criterion_what_is_not_known(bedside: Bedside, client: Client) -> None:
    bedside.read(-10, norepinephrine("5"))
    client.force_login(bedside.nurse)
    entry = {
        "taken_at_day": "07",
        "taken_at_month": "04",
        "taken_at_year": "2020",
        "taken_at_time": "13:00",
        "rate_norepinephrine": "15",
        "unit_norepinephrine": "ug/min",
        "salt_norepinephrine": "unknown",
    }

    page = client.post(
        f"/haemodynamics/haemodynamicreading/after-infusion/{bedside.infusion.pk}/", entry, follow=True
    )

    said = [str(message) for message in page.context["messages"]]
    assert [text for text in said if "not evaluable, because" in text and "salt" in text], said
    (criterion,) = [one for one in page.context["criteria"] if one["is_undecided"]]
    assert (str(criterion["word"]), "salt" in criterion["reason"]) == ("Not evaluable", True)
    assert "(salt not known)" in page.content.decode()


def test_correction_that_leaves_a_criterion_open_says_so(bedside: Bedside, client: Client) -> None:
    bedside.read(-10, norepinephrine("5"))
    reading = bedside.read(60, norepinephrine("15"))
    client.force_login(bedside.nurse)
    entry = {
        "taken_at_day": "07",
        "taken_at_month": "04",
        "taken_at_year": "2020",
        "taken_at_time": "13:00",
        "rate_norepinephrine": "15",
        "unit_norepinephrine": "ug/min",
        "salt_norepinephrine": "unknown",
        "reason": "the label was not read",
        "seen_version": "1",
    }

    page = client.post(f"/haemodynamics/haemodynamicreading/{reading.pk}/change/", entry, follow=True)

    said = [str(message) for message in page.context["messages"]]
    assert [text for text in said if "not evaluable, because" in text and "salt" in text], said


def test_reading_takes_the_salt_of_the_sites_pharmacy(bedside: Bedside) -> None:
    manage(bedside, "tartrate")

    reading = bedside.read(60, without_salt("15"))

    assert [pump.salt for pump in reading.vasopressors.all()] == ["tartrate"]


def test_changed_pharmacy_leaves_recorded_readings_and_findings_alone(bedside: Bedside) -> None:
    manage(bedside, "base")
    bedside.read(-10, without_salt("5"))
    reading = bedside.read(60, without_salt("15"))
    finding = HaemodynamicFinding.objects.get()

    manage(bedside, "tartrate")
    correct_reading(
        reading=reading,
        values={"map_mmhg": 60},
        vasopressors=[without_salt("15")],
        by=bedside.nurse,
        at=NOW,
        reason="added",
    )

    finding.refresh_from_db()
    assert (finding.state, finding.version) == ("candidate", 1)
    assert [pump.salt for pump in reading.vasopressors.all()] == ["base"]


def test_other_agents_have_no_salt_of_the_pharmacy(bedside: Bedside) -> None:
    manage(bedside, "tartrate")

    reading = bedside.read(60, RunningVasopressor("dopamine", Decimal(5), "ug/kg/min", ""))

    assert [pump.salt for pump in reading.vasopressors.all()] == ["unknown"]


def test_pharmacy_is_set_by_who_manages_the_trial_to_a_known_salt(bedside: Bedside) -> None:
    with pytest.raises(PermissionDenied):
        set_pharmacy_salt(
            site=bedside.site, norepinephrine_salt="base", by=bedside.nurse, at=NOW, reason="guess"
        )
    with pytest.raises(ValidationError) as refused:
        manage(bedside, "sulphate")

    assert "norepinephrine_salt" in refused.value.message_dict
    bedside.site.refresh_from_db()
    assert bedside.site.norepinephrine_salt == "unknown"


def test_monitored_infusion_shows_window_checks_and_answers(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("5"), map_mmhg=70)
    bedside.read(15, norepinephrine("20"), map_mmhg=60)

    view = monitored_infusion(infusion=bedside.infusion, at=at(40))

    assert view is not None
    assert view.window is not None
    assert (view.window.opens_at, view.window.closes_at) == (START, at(360))
    states = {check.minutes: check.state.value for check in view.checks}
    assert (states[-15], states[15], states[30], states[45]) == ("done", "done", "missed", "due")
    answers = {result.criterion: result.status for result in view.results}
    assert answers["NOREPINEPHRINE"] is Status.HIT
    assert answers["HYPOXAEMIA"] is Status.NOT_EVALUABLE


def test_withdrawal_ends_what_is_known_of_an_infusion(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("5"))
    bedside.read(60, norepinephrine("6"))
    followed = first_answer(bedside)
    bedside.infusion.participant.withdrawn_date = START.date() - timedelta(days=1)

    assert (followed, first_answer(bedside)) == (Status.NOT_MET, Status.NOT_EVALUABLE)


def first_answer(bedside: Bedside) -> Status:
    view = monitored_infusion(infusion=bedside.infusion, at=NOW)
    assert view is not None
    return view.results[0].status


def test_undated_death_lies_after_the_last_infusion(bedside: Bedside) -> None:
    make_infusion(bedside.participant, number=2, started_at=START + timedelta(days=1, hours=2))
    person = bedside.infusion.participant
    person.has_died = True
    person.changed_at = NOW
    view = monitored_infusion(infusion=bedside.infusion, at=NOW)

    assert view is not None
    assert view.observed.died_earliest == START + timedelta(days=1, hours=2)


def test_death_of_a_partial_date_lies_after_the_last_infusion_too(bedside: Bedside) -> None:
    second = START + timedelta(days=1, hours=2)
    make_infusion(bedside.participant, number=2, started_at=second)
    person = bedside.infusion.participant
    person.has_died, person.changed_at = True, NOW
    person.died_earliest_at, person.died_latest_at = START - timedelta(days=1), NOW
    view = monitored_infusion(infusion=bedside.infusion, at=NOW)

    assert view is not None
    assert (view.observed.died_earliest, view.observed.died_latest) == (second, NOW)


def test_queries_cost_the_same_for_one_infusion_and_for_ten(bedside: Bedside) -> None:
    bedside.read(15, map_mmhg=70)
    with CaptureQueriesContext(connection) as few:
        [one.results for one in monitored_infusions(infusions=[bedside.infusion], at=at(40))]
    others = [make_infusion(make_enrolled(bedside.trial, bedside.site), started_at=START) for _ in range(9)]

    with CaptureQueriesContext(connection) as many:
        watched = monitored_infusions(infusions=[bedside.infusion, *others], at=at(40))
        [one.checks for one in watched]

    assert len(watched) == 10
    assert len(many) == len(few)

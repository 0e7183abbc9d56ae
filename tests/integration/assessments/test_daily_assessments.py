"""Daily assessments: recorded whole or not at all, corrected, voided.

Over services, API and the nurse's page.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assessments.models import DailyAssessment
from assessments.services import correct_assessment, record_assessment, record_assessments, void_assessment
from audit.models import Entry
from partial_dates import local_date
from tests.factories import AT, make_enrolled, make_site, make_user, save_row
from tests.integration.trials.api_client import Api, fields_of
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, Site, Trial
from trials.services import record_death

pytestmark = pytest.mark.django_db
DAY0 = date(2020, 4, 6)
LATER = datetime(2020, 4, 20, 9, 0, tzinfo=UTC)
GAS = {"pao2_mmhg": Decimal(90), "fio2_fraction": Decimal("0.6")}


@shared_rows
def person(trial: Trial, site: Site) -> Participant:
    return make_enrolled(trial, site, code="07-001")


def record(
    person: Participant, nurse: User, days: dict[int, dict[str, Any]], at: datetime = LATER
) -> list[Any]:
    dated = {DAY0 + timedelta(days=day): values for day, values in days.items()}
    return record_assessments(participant=person, days=dated, by=nurse, at=at, reason="daily sheet")


def refusal(call: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        call()
    return refused.value.message_dict


def test_several_days_are_recorded_with_who_and_why(person: Participant, nurse: User) -> None:
    rows = record(person, nurse, {0: GAS, 1: {"ventilation": "invasive", "sofa_renal": 2}})

    first, second = (DailyAssessment.objects.get(pk=row.pk) for row in rows)
    assert first.pf_ratio is not None
    assert (first.pf_ratio.value, first.study_day(DAY0), second.sofa_total) == (Decimal("150.0"), 0, None)
    entries = Entry.objects.filter(table_name="assessments_dailyassessment")
    assert {(entry.actor_id, entry.reason, entry.change) for entry in entries} == {
        (nurse.pk, "daily sheet", "INSERT")
    }


def test_one_bad_day_and_nothing_is_written(person: Participant, nurse: User) -> None:
    found = refusal(lambda: record(person, nurse, {0: GAS, 1: {"fio2_fraction": Decimal(60)}}))

    assert list(found) == ["fio2_fraction"]
    assert not DailyAssessment.objects.exists()


@pytest.mark.parametrize(
    ("day", "values", "field"),
    [
        (-1, GAS, "assessed_date"),
        (15, GAS, "assessed_date"),
        (0, {"sofa_liver": 5}, "sofa_liver"),
        (0, {"ventilation": "iron lung"}, "ventilation"),
        (0, {"pao2_mmhg": Decimal(12)}, "pao2_mmhg"),
        (0, {**GAS, "pf_ratio_given": Decimal(150)}, "pf_ratio_given"),
        (0, {"mood": "good"}, "mood"),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_its_field(
    person: Participant, nurse: User, day: int, values: dict[str, Any], field: str
) -> None:
    assert list(refusal(lambda: record(person, nurse, {day: values}))) == [field]
    assert not DailyAssessment.objects.exists()


@pytest.mark.parametrize("values", [{}, {"ventilation": "", "sofa_renal": None}])
def test_a_day_of_which_nothing_is_recorded_is_no_day(
    person: Participant, nurse: User, values: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="nothing is recorded"):
        record(person, nurse, {0: values})


def test_a_pressure_in_kpa_is_kept_with_its_mmhg(person: Participant, nurse: User) -> None:
    (row,) = record(person, nurse, {0: {"pao2_kpa": Decimal("12.00")}})

    row.refresh_from_db()
    assert (row.pao2_kpa, row.pao2_mmhg) == (Decimal("12.00"), Decimal("90.0"))


def test_a_pressure_corrected_in_one_unit_takes_back_the_other(person: Participant, nurse: User) -> None:
    (row,) = record(person, nurse, {0: {"pao2_kpa": Decimal("12.00")}})
    who = {"by": nurse, "at": LATER, "reason": "typing error"}

    row = correct_assessment(assessment=row, changes={"pao2_mmhg": Decimal(80)}, **who)
    assert (row.pao2_kpa, row.pao2_mmhg) == (None, Decimal(80))
    row = correct_assessment(assessment=row, changes={"pao2_kpa": Decimal("10.00")}, **who)
    assert (row.pao2_kpa, row.pao2_mmhg, row.version) == (Decimal("10.00"), Decimal("75.0"), 3)


def test_a_day_is_recorded_once_until_it_is_voided(person: Participant, nurse: User) -> None:
    (row,) = record(person, nurse, {0: GAS})

    assert list(refusal(lambda: record(person, nurse, {0: GAS}))) == ["assessed_date"]
    void_assessment(assessment=row, by=nurse, at=LATER, reason="other participant")
    record(person, nurse, {0: GAS})
    assert DailyAssessment.objects.standing().count() == 1


def test_the_database_itself_keeps_one_day_once(person: Participant, nurse: User) -> None:
    record(person, nurse, {0: GAS})
    twin = DailyAssessment(trial=person.trial, participant=person, assessed_date=DAY0, alive=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        save_row(twin)


def test_a_void_day_is_not_changed_and_a_stale_change_is_refused(person: Participant, nurse: User) -> None:
    (row,) = record(person, nurse, {0: GAS})
    who = {"by": nurse, "at": LATER, "reason": "typing error"}
    changes = {"peep_cmh2o": Decimal(10)}
    correct_assessment(assessment=row, changes=changes, seen_version=1, **who)

    assert list(
        refusal(lambda: correct_assessment(assessment=row, changes=changes, seen_version=1, **who))
    ) == ["seen_version"]
    void_assessment(assessment=row, **who)
    with pytest.raises(ValidationError, match="voided"):
        correct_assessment(assessment=row, changes=changes, **who)


def test_nobody_is_assessed_after_their_death(
    person: Participant, nurse: User, trial: Trial, site: Site
) -> None:
    investigator = make_user("investigator", trial=trial, site=site)
    record_death(participant=person, died="2020-04-08", by=investigator, at=LATER, reason="death form")
    person.refresh_from_db()

    record(person, nurse, {2: GAS})
    assert list(refusal(lambda: record(person, nurse, {3: GAS}))) == ["assessed_date"]


def test_a_nurse_of_another_site_records_nothing_here(person: Participant, trial: Trial) -> None:
    stranger = make_user("nurse", trial=trial, site=make_site(trial))

    with pytest.raises(PermissionDenied):
        record(person, stranger, {0: GAS})
    assert not DailyAssessment.objects.exists()


# The API --------------------------------------------------------------------


def body(**values: Any) -> dict[str, Any]:
    day = {"trial": "STROMA-COV-2", "participant": "07-001", "assessed_date": "2020-04-07"}
    return {**day, "pao2_mmhg": "44.0", "fio2_fraction": "1.000", **values}


def test_the_api_records_once_derives_and_asks(person: Participant, nurse: User) -> None:
    api = Api(nurse)

    made = api.post("daily-assessments/", body(), key="k1")
    again = api.post("daily-assessments/", body(), key="k1")

    shown = made.json()
    assert (made.status_code, again.status_code, again.json()["id"]) == (201, 201, shown["id"])
    assert (shown["pf_ratio"], shown["study_day"], shown["sofa_total"]) == (44.0, 1, None)
    assert [text.split(":")[0] for text in shown["warnings"]] == ["PaO2", "PaO2/FiO2"]
    assert DailyAssessment.objects.count() == 1


def test_the_api_refuses_in_the_words_of_the_rules(person: Participant, nurse: User) -> None:
    api = Api(nurse)

    percent = api.post("daily-assessments/", body(fio2_fraction="60"))
    ratio = api.post("daily-assessments/", body(pf_ratio="150"))

    assert (percent.status_code, fields_of(percent)) == (400, ["fio2_fraction"])
    assert "if it is percent, write 0.600 instead" in percent.json()["detail"]
    assert (ratio.status_code, fields_of(ratio)) == (400, ["pf_ratio"])


def test_the_api_corrects_and_voids_with_a_reason(person: Participant, nurse: User) -> None:
    api = Api(nurse)
    path = f"daily-assessments/{api.post('daily-assessments/', body()).json()['id']}"

    silent = api.patch(f"{path}/", {"peep_cmh2o": "10.0"})
    corrected = api.patch(f"{path}/", {"peep_cmh2o": "10.0", "reason": "typing", "seen_version": 1})
    voided = api.post(f"{path}/void/", {"reason": "other participant"})

    assert (silent.status_code, fields_of(silent)) == (400, ["reason"])
    assert (corrected.json()["peep_cmh2o"], corrected.json()["version"]) == ("10.0", 2)
    assert voided.json()["void_reason"] == "other participant"
    assert api.get("daily-assessments/", voided="false").json()["results"] == []


def test_the_list_costs_the_same_for_one_day_and_for_ten(
    person: Participant, nurse: User, django_assert_max_num_queries: Any
) -> None:
    record(person, nurse, dict.fromkeys(range(10), GAS))
    api = Api(nurse)

    with django_assert_max_num_queries(9):
        listed = api.get("daily-assessments/", participant="07-001").json()["results"]

    assert len(listed) == 10


# The page --------------------------------------------------------------------


@pytest.fixture
def today(trial: Trial, site: Site) -> Participant:
    """Somebody on day 2 of the real calendar, in the trial's zone: a page reads the clock."""
    at = timezone.now() - timedelta(days=2)
    day0 = local_date(at, trial.timezone)
    return make_enrolled(
        trial,
        site,
        code="07-009",
        day0_date=day0,
        enrolled_at=at,
        enrolment_recorded_at=at,
        screened_date=day0,
    )


@pytest.fixture
def browser(nurse: User) -> Client:
    client = Client()
    client.force_login(nurse, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(person: Participant) -> str:
    return f"/assessments/dailyassessment/days/{person.pk}/"


def test_the_page_offers_the_due_days_and_records_the_filled_ones(
    today: Participant, browser: Client
) -> None:
    page = browser.get(page_of(today)).content.decode()
    sent = browser.post(
        page_of(today), {"unit": "kpa", "d0-pao2": "12,0", "d0-fio2_fraction": "0,6", "d1-sofa_renal": "2"}
    )

    assert [f'name="d{day}-pao2"' in page for day in range(4)] == [True, True, True, False]
    assert sent.status_code == 302
    rows = DailyAssessment.objects.order_by("assessed_date")
    assert [(row.pao2_mmhg, row.sofa_renal) for row in rows] == [(Decimal("90.0"), None), (None, 2)]
    after = browser.get(page_of(today)).content.decode()
    assert 'name="d2-pao2"' in after
    assert 'name="d0-pao2"' not in after
    assert "← 2" in after


def test_the_value_before_a_point_of_0_or_1_is_a_number(
    today: Participant, browser: Client, nurse: User
) -> None:
    assert today.day0_date is not None
    values = {"sofa_renal": 0, "sofa_liver": 1, "vasopressor": False}
    record_assessment(
        participant=today,
        assessed_date=today.day0_date,
        values=values,
        by=nurse,
        at=timezone.now(),
        reason="sheet",
    )

    page = browser.get(page_of(today)).content.decode()

    assert [page.count(f">← {shown}<") for shown in ("0", "1", "No", "Yes")] == [2, 2, 2, 0]


def test_a_refused_line_keeps_every_value_and_writes_nothing(today: Participant, browser: Client) -> None:
    answer = browser.post(
        page_of(today), {"unit": "mmhg", "d0-pao2": "12", "d0-fio2_fraction": "0.6", "d1-sofa_renal": "2"}
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "if it is kPa, choose kPa" in page
    assert 'value="12"' in page
    assert not DailyAssessment.objects.exists()


def test_an_empty_page_says_that_nothing_was_filled_in(today: Participant, browser: Client) -> None:
    answer = browser.post(page_of(today), {"unit": "mmhg"})

    assert "Nothing is filled in" in answer.content.decode()


def test_a_correction_over_the_page_keeps_its_reason(
    today: Participant, browser: Client, nurse: User
) -> None:
    row = record_assessment(
        participant=today,
        assessed_date=today.day0_date,
        values=GAS,
        by=nurse,
        at=timezone.now(),
        reason="sheet",
    )
    url = f"/assessments/dailyassessment/{row.pk}/change/"
    said = {"pao2_mmhg": "80", "fio2_fraction": "0.6", "reason": "typing error", "seen_version": "1"}

    silent = browser.post(url, {**said, "reason": ""})
    browser.post(url, said)

    row.refresh_from_db()
    assert silent.status_code == 200
    assert (row.pao2_mmhg, row.version) == (Decimal(80), 2)
    assert (
        Entry.objects.filter(table_name="assessments_dailyassessment").latest("pk").reason == "typing error"
    )


def test_the_day_of_another_site_is_not_there(trial: Trial, browser: Client) -> None:
    elsewhere = make_enrolled(trial, make_site(trial, code="99"), enrolled_at=AT)

    assert browser.get(page_of(elsewhere)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "told"),
    [("x", "x is not"), ("-3", "-3 is not"), ("400", "400 is not"), ("0", "0 is recorded already")],
)
def test_a_study_day_without_a_line_is_refused_by_name(
    asked: str, told: str, today: Participant, browser: Client, nurse: User
) -> None:
    assert today.day0_date is not None
    said = {"by": nurse, "at": timezone.now(), "reason": "sheet"}
    record_assessment(participant=today, assessed_date=today.day0_date, values=GAS, **said)

    page = browser.get(page_of(today), {"day": asked}).content.decode()

    assert f"Study day: {told}" in page
    assert "other-day-error" not in browser.get(page_of(today), {"day": "2"}).content.decode()

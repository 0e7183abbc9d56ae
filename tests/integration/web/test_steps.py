"""The steps at the bedside over HTTP: screening, enrolment, infusion, checks, samples, death."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from haemodynamics.models import HaemodynamicReading
from immunology.models import Specimen
from tests.plugins.shared_rows import shared_rows
from tests.ward import Ward, make_patient, make_ward, start
from trials.models import Infusion, Participant
from trials.services import record_death, withdraw_participant

pytestmark = pytest.mark.django_db


@shared_rows
def ward() -> Ward:
    return make_ward()


@pytest.fixture
def client(ward: Ward) -> Client:
    signed_in = Client()
    signed_in.force_login(ward.nurse)
    return signed_in


def moment(name: str, ago: timedelta) -> dict[str, str]:
    """The four fields of a past time, on the ward's clock."""
    at = timezone.localtime(timezone.now() - ago, ZoneInfo("Europe/Paris"))
    parts = (at.strftime("%d"), at.strftime("%m"), at.strftime("%Y"), at.strftime("%H:%M"))
    return {
        f"{name}_{part}": text for part, text in zip(("day", "month", "year", "time"), parts, strict=True)
    }


def test_from_screening_to_enrolment(ward: Ward, client: Client) -> None:
    screened = client.post(
        "/trials/participant/add/",
        {"site": ward.site.pk, "code": "07-020", "sex": "F", "age_years": "63"},
        follow=True,
    )
    person = Participant.objects.get(code="07-020")
    enrolled = client.post(
        f"/trials/participant/{person.pk}/enrol/", moment("enrolled_at", timedelta(minutes=5)), follow=True
    )

    person.refresh_from_db()
    assert "Screened: 07-020." in screened.content.decode()
    assert "Enrolled: 07-020, number 1." in enrolled.content.decode()
    assert (person.status, person.enrolment_number) == ("enrolled", 1)


def test_code_with_spaces_is_the_same_participant_and_a_missing_consent_is_said(
    ward: Ward, client: Client
) -> None:
    client.post("/trials/participant/add/", {"site": ward.site.pk, "code": "07-012", "sex": "F"})
    patient = Participant.objects.get(code="07-012")
    known = {"site": ward.site.pk, "code": " 07 \u2013 012", "sex": "F"}

    page = client.post("/trials/participant/add/", known).content.decode()
    enrolled = client.post(
        f"/trials/participant/{patient.pk}/enrol/", moment("enrolled_at", timedelta(0)), follow=True
    ).content.decode()

    assert "this code is taken in the trial" in page
    assert "No consent of 07-012 is recorded." in enrolled
    assert (
        f'<option value="{ward.site.pk}" selected>' in client.get("/trials/participant/add/").content.decode()
    )


def test_infusion_that_skips_a_number_is_asked_about(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=4))
    second = {"participant": patient.pk, "number": "2", **moment("started_at", timedelta(minutes=5))}
    first = {"participant": patient.pk, "number": "1", **moment("started_at", timedelta(days=3))}

    skipping = client.post("/trials/infusion/add/", second, follow=True).content.decode()
    filling = client.post("/trials/infusion/add/", first, follow=True).content.decode()

    assert "Infusion 1 of 07-012 is not recorded. Is 2 the right number?" in skipping
    assert "is not recorded. Is" not in filling


def test_enrolment_in_the_future_is_refused_beside_the_field(ward: Ward, client: Client) -> None:
    client.post("/trials/participant/add/", {"site": ward.site.pk, "code": "07-020", "sex": "F"})
    person = Participant.objects.get(code="07-020")

    page = client.post(
        f"/trials/participant/{person.pk}/enrol/", moment("enrolled_at", timedelta(days=-2))
    ).content.decode()

    person.refresh_from_db()
    assert "error-summary" in page
    assert person.status == "screened"


def test_same_code_twice_is_refused_in_the_forms_words(ward: Ward, client: Client) -> None:
    answers = {"site": ward.site.pk, "code": "07-020", "sex": "F"}
    client.post("/trials/participant/add/", answers)

    page = client.post("/trials/participant/add/", answers).content.decode()

    assert "this code is taken in the trial" in page
    assert Participant.objects.count() == 1


def test_infusion_starts_and_ends(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    begun = {
        "participant": patient.pk,
        "number": "1",
        "kit_number": "K1",
        **moment("started_at", timedelta(minutes=50)),
    }

    started = client.post("/trials/infusion/add/", begun, follow=True)
    infusion = Infusion.objects.get()
    ended = client.post(
        f"/trials/infusion/{infusion.pk}/end/",
        {"volume_ml": "150", **moment("ended_at", timedelta(0))},
        follow=True,
    )

    infusion.refresh_from_db()
    assert "Started: 07-012, infusion 1." in started.content.decode()
    assert "Ended: infusion 1 of 07-012." in ended.content.decode()
    assert infusion.ended_at is not None


def test_infusion_cannot_end_before_it_started(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(minutes=30))

    page = client.post(
        f"/trials/infusion/{infusion.pk}/end/", moment("ended_at", timedelta(hours=2))
    ).content.decode()

    infusion.refresh_from_db()
    assert "error-summary" in page
    assert infusion.ended_at is None


def test_check_is_entered_and_the_nurse_is_back_on_the_list(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(minutes=15))
    entry = {
        "back": "/",
        "heart_rate_bpm": "92",
        "map_mmhg": "71",
        "spo2_percent": "93,5",
        "rate_norepinephrine": "0,08",
        "unit_norepinephrine": "ug/kg/min",
        "salt_norepinephrine": "base",
        **moment("taken_at", timedelta(0)),
    }

    response = client.post(
        f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/", entry, follow=True
    )

    reading = HaemodynamicReading.objects.get()
    assert response.redirect_chain == [("/", 302)]
    assert (reading.heart_rate_bpm, reading.sbp_mmhg, reading.vasopressors_checked) == (92, None, True)
    assert str(reading.vasopressors.get().rate) == "0.080"


@pytest.mark.parametrize(
    ("field", "value"), [("heart_rate_bpm", "999"), ("fio2_fraction", "55"), ("spo2_percent", "9x")]
)
def test_implausible_reading_is_refused_and_stays_in_its_field(
    ward: Ward, client: Client, field: str, value: str
) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(minutes=15))

    page = client.post(
        f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/",
        {field: value, **moment("taken_at", timedelta(0))},
    ).content.decode()

    assert "error-summary" in page
    assert f'value="{value}"' in page
    assert not HaemodynamicReading.objects.exists()


def test_check_in_which_nothing_was_read_is_refused_though_the_support_stands_there(
    ward: Ward, client: Client
) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(minutes=30))
    page = f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/"
    first = {"respiratory_support": "invasive", "fio2_fraction": "0,5", **moment("taken_at", timedelta(0))}
    client.post(page, first)

    answer = client.post(
        page, {"respiratory_support": "invasive", **moment("taken_at", timedelta(0))}
    ).content.decode()

    assert "nothing was read" in answer
    assert HaemodynamicReading.objects.count() == 1


def test_fio2_in_percent_is_answered_with_the_fraction(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(minutes=15))

    page = client.post(
        f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/",
        {"fio2_fraction": "60", **moment("taken_at", timedelta(0))},
    )

    said = [problem["message"] for problem in page.context["problems"]]
    assert len(said) == 1, said
    assert "write 0.6 instead" in said[0]


def test_check_of_the_day_after_counts_and_one_of_another_day_is_asked_about(
    ward: Ward, client: Client
) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=9))
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(hours=24))
    page = f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/"
    before = client.get(page).context["checks"][-1]

    in_time = client.post(page, {"heart_rate_bpm": "80", **moment("taken_at", timedelta(0))}, follow=True)
    twice = client.post(page, {"heart_rate_bpm": "81", **moment("taken_at", timedelta(0))}, follow=True)
    elsewhere = client.post(
        page, {"heart_rate_bpm": "80", **moment("taken_at", timedelta(days=3))}, follow=True
    )

    after = client.get(page).context["checks"][-1]
    assert (before["planned"], before["code"], after["code"]) == ("+24 h 00", "soon", "done")
    assert "Is the date right?" not in in_time.content.decode()
    assert "There are now two checks" in twice.content.decode()
    assert "is not in the hours of infusion 1" in elsewhere.content.decode()


def test_sample_is_taken(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(hours=3))
    tube = {
        "participant": patient.pk,
        "code": "S-1",
        "planned_day": "0",
        "kind": "serum",
        **moment("collected_at", timedelta(minutes=5)),
    }

    response = client.post("/immunology/specimen/add/", tube, follow=True)

    assert "sample S-1 of 07-012 was taken" in response.content.decode()
    assert Specimen.objects.get().planned_day == 0
    assert "Is the da" not in response.content.decode()


@pytest.mark.parametrize(
    ("planned", "asked"),
    [
        ("99", "Planned day 99: the protocol plans samples on days 0, 14"),
        ("14", "the sample of day 14 is in time"),
    ],
)
def test_sample_of_another_day_than_planned_is_kept_and_asked_about(
    ward: Ward, client: Client, planned: str, asked: str
) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(hours=3))
    tube = {"participant": patient.pk, "code": "S-1", "planned_day": planned, "kind": "serum"}

    response = client.post(
        "/immunology/specimen/add/", {**tube, **moment("collected_at", timedelta(0))}, follow=True
    )

    assert asked in response.content.decode()
    assert Specimen.objects.count() == 1


def test_death_is_recorded_as_far_as_it_is_known_and_taken_back_when_it_was_another(
    ward: Ward, client: Client
) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=40))
    today = timezone.localdate()

    client.post(
        f"/trials/participant/{patient.pk}/death/",
        {"died_month": str(today.month), "died_year": str(today.year), "death_cause": "septic shock"},
    )

    patient.refresh_from_db()
    assert (patient.status, patient.has_died, patient.died) == ("died", True, f"{today:%Y-%m}")

    asked = client.get(f"/trials/participant/{patient.pk}/take-back/").content.decode()
    assert f'name="seen_version" value="{patient.version}"' in asked
    body = {"reason": "it was 07-021", "seen_version": patient.version}
    page = client.post(f"/trials/participant/{patient.pk}/take-back/", body, follow=True)

    patient.refresh_from_db()
    assert (patient.status, patient.has_died) == ("enrolled", False)
    assert "Taken back. 07-012 is again: Enrolled." in page.content.decode()


def test_course_of_a_participant_shows_what_happened(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=2))
    start(ward, patient, 1, at=timezone.now() - timedelta(days=1))

    page = client.get(f"/trials/participant/{patient.pk}/change/").content.decode()

    assert "Infusion 1" in page
    assert "Enrolled, number 1" in page


def test_course_gives_no_study_day_to_a_death_that_is_known_to_the_year(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=40))
    stamp = {"participant": patient, "by": ward.nurse, "at": timezone.now(), "reason": "told"}
    withdrawn = timezone.localdate() - timedelta(days=2)
    withdraw_participant(withdrawn_date=withdrawn, withdrawal_reason="wish", **stamp)
    record_death(died=f"{timezone.localdate():%Y}", **stamp)

    page = client.get(f"/trials/participant/{patient.pk}/change/").content.decode()

    assert page.index(">Died<") < page.index(">Withdrawn<") < page.index("Enrolled, number 1")
    assert page.count("<small>D") == 2

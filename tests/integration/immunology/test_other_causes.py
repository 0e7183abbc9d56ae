"""From what a nurse and the laboratory enter to the flags of a finding and of a report, the same in both arms."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from assessments.models import DailyAssessment, SensitisingEvent
from assessments.services import (
    correct_sensitising_event,
    record_assessments,
    record_sensitising_event,
    void_sensitising_event,
)
from immunology.models import DsaFinding, ParticipantTyping
from immunology.services import record_participant_typings, void_participant_typing
from immunology.tasks import judge_after_other_cause
from partial_dates import local_date
from reports.queries.people import People
from reports.queries.records import records_of
from reports.queries.samples import antibody_rows, dsa_finding_rows
from tests.factories import make_user, unsealed
from tests.integration.immunology.antibody_rows import D0, D14, NOW, REASON, Study, make_study
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, ProtocolVersion
from trials.services import record_death

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/sensitising-events/"
TYPINGS = "/api/v1/participant-typings/"
ARMS = pytest.mark.parametrize("arm", ["treated", "placebo"])
CAUSES = ("possible_passive", "other_sensitiser", "transfusions_not_recorded", "self_antigen")
WHEN = {"occurred_day": "8", "occurred_month": "4", "occurred_year": "2020", "occurred_time": ""}
SHOWN = {"POSSIBLE_PASSIVE", "OTHER_SENSITISER", "TRANSFUSIONS_NOT_RECORDED", "SELF_ANTIGEN"}


@shared_rows
def study() -> Study:
    made = make_study()
    for person in (made.treated, made.placebo):
        made.measure(made.take(person, D0, 0), A0201="120")
        made.measure(made.take(person, D14, 14), A0201="1800")
    return made


@pytest.fixture(autouse=True)
def tasks_at_once(django_capture_on_commit_callbacks: Any) -> Iterator[None]:
    current_app.conf.task_always_eager = True
    with django_capture_on_commit_callbacks(execute=True):
        yield
    current_app.conf.task_always_eager = False


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def flags_of(study: Study, person: Participant) -> set[str]:
    """The flags that a report shows, of the finding against the reference donor, judged as the task does."""
    judge_after_other_cause(study.trial.pk, person.pk)
    with unsealed(study.trial):
        finding = DsaFinding.objects.get(participant=person, donor_code="D-1", specificity="A*02:01")
    return SHOWN & set(finding.flags)


def reported(
    study: Study, person: Participant, *, cutoff: datetime = NOW
) -> tuple[tuple[Any, ...], set[str]]:
    """The answers of the participant's line in a report, and the flags of the target."""
    with unsealed(study.trial):
        zone = study.trial.timezone
        records = records_of(trial_id=study.trial.pk, zone=zone, cutoff=cutoff, enrolled_up_to=None)
        protocol = ProtocolVersion.objects.protocol_of(trial_id=study.trial.pk, on=local_date(cutoff, zone))
        people = People(records)
        lines = {row["participant"]: row for row in antibody_rows(people, protocol.antibodies)}
        targets = {
            row["participant"]: row["flags"]
            for row in dsa_finding_rows(people, protocol.antibodies)
            if row["specificity"] == "A*02:01"
        }
    line = lines[person.code]
    return tuple(line[name] for name in CAUSES), set((targets[person.code] or "").split())


def record(study: Study, person: Participant, kind: str, occurred: str) -> SensitisingEvent:
    return record_sensitising_event(
        participant=person, values={"kind": kind, "occurred": occurred}, by=study.nurse, at=NOW, reason=REASON
    )


def answer_days(study: Study, person: Participant, **answers: bool | None) -> None:
    """Every day from the baseline to the positive serum: "no", but for those named `d8=True`."""
    days = {
        date(2020, 4, day): {"blood_product_given": answers.get(f"d{day}", False)} for day in range(6, 21)
    }
    chosen = {day: value for day, value in days.items() if value["blood_product_given"] is not None}
    record_assessments(participant=person, days=chosen, by=study.nurse, at=NOW, reason=REASON)


@ARMS
def test_nothing_recorded_is_not_no_transfusion(study: Study, arm: str) -> None:
    person = getattr(study, arm)

    assert flags_of(study, person) == {"TRANSFUSIONS_NOT_RECORDED"}
    assert reported(study, person) == ((None, None, True, None), {"TRANSFUSIONS_NOT_RECORDED"})


@ARMS
def test_no_on_every_day_is_no(study: Study, arm: str) -> None:
    person = getattr(study, arm)

    answer_days(study, person)

    assert flags_of(study, person) == set()
    assert reported(study, person) == ((False, False, False, None), set())


@ARMS
def test_yes_without_a_product_is_not_recorded(study: Study, arm: str) -> None:
    person = getattr(study, arm)

    answer_days(study, person, d8=True)
    assert flags_of(study, person) == {"TRANSFUSIONS_NOT_RECORDED"}

    record(study, person, "RBC", "2020-04-08")
    assert flags_of(study, person) == {"OTHER_SENSITISER"}


@ARMS
@pytest.mark.parametrize(
    ("kind", "flag"),
    [
        ("RBC", "OTHER_SENSITISER"),
        ("PREGNANCY", "OTHER_SENSITISER"),
        ("IVIG", "POSSIBLE_PASSIVE"),
        ("CONVALESCENT_PLASMA", "POSSIBLE_PASSIVE"),
    ],
)
def test_from_the_api_to_the_finding_and_the_report(study: Study, arm: str, kind: str, flag: str) -> None:
    person = getattr(study, arm)
    answer_days(study, person)
    body = {"trial": study.trial.code, "participant": person.code, "kind": kind, "occurred": "2020-04-10"}

    answer = client_of(study.nurse).post(EVENTS, body, format="json")

    assert answer.status_code == 201, answer.json()
    assert answer.json()["units"] is None
    assert flags_of(study, person) == {flag}
    answers, shown = reported(study, person, cutoff=datetime.now(UTC) + timedelta(days=1))
    assert answers == (flag == "POSSIBLE_PASSIVE", flag == "OTHER_SENSITISER", False, None)
    assert shown == {flag}


@pytest.mark.parametrize(
    ("occurred", "is_cause"),
    [
        ("2020-04-05", False),
        ("2020-04-06T09:59", False),
        ("2020-04-06T10:00", True),
        ("2020-04-06", True),
        ("2020-04", True),
        ("2020-04-20T10:00", True),
        ("2020-04-20T10:01", False),
        ("2020-04-21", False),
        ("2019", False),
    ],
)
def test_window_is_from_the_baseline_to_the_positive_serum(
    study: Study, occurred: str, is_cause: bool
) -> None:
    """Sera at 10:00 in Paris on 6 and 20 April."""
    answer_days(study, study.treated)

    record(study, study.treated, "PLATELETS", occurred)

    assert flags_of(study, study.treated) == ({"OTHER_SENSITISER"} if is_cause else set())


def test_correction_and_void_are_judged_again(study: Study) -> None:
    answer_days(study, study.treated)
    event = record(study, study.treated, "RBC", "2020-04-08")

    corrected = correct_sensitising_event(
        event=event, changes={"kind": "PLASMA"}, by=study.nurse, at=NOW, reason=REASON
    )
    assert flags_of(study, study.treated) == {"POSSIBLE_PASSIVE"}

    void_sensitising_event(event=corrected, by=study.nurse, at=NOW, reason=REASON)
    assert flags_of(study, study.treated) == set()


def test_report_has_what_was_recorded_up_to_its_cutoff(study: Study) -> None:
    answer_days(study, study.treated)
    record_sensitising_event(
        participant=study.treated,
        values={"kind": "IVIG", "occurred": "2020-04-08"},
        by=study.nurse,
        at=NOW + timedelta(days=2),
        reason=REASON,
    )

    assert reported(study, study.treated)[1] == set()
    assert reported(study, study.treated, cutoff=NOW + timedelta(days=3))[1] == {"POSSIBLE_PASSIVE"}


@ARMS
def test_own_antigen_from_the_api_to_the_report(study: Study, arm: str) -> None:
    person = getattr(study, arm)
    answer_days(study, person)
    laboratory = client_of(study.laboratory)

    answer = laboratory.post(
        TYPINGS, {"participant": person.code, "specificities": ["A*02:01:01", "B*08:01"]}, format="json"
    )

    assert answer.status_code == 201, answer.json()
    assert flags_of(study, person) == {"SELF_ANTIGEN"}
    later = datetime.now(UTC) + timedelta(days=1)
    assert reported(study, person, cutoff=later) == ((False, False, False, True), {"SELF_ANTIGEN"})

    row = next(one for one in answer.json() if one["specificity"] == "A*02:01")
    voided = laboratory.post(f"{TYPINGS}{row['id']}/void/", {"reason": "another tube"}, format="json")
    assert voided.status_code == 200
    assert flags_of(study, person) == set()
    assert reported(study, person, cutoff=datetime.now(UTC) + timedelta(days=1))[0][3] is False


def test_other_laboratory_neither_sees_nor_hears_of_a_typing(study: Study) -> None:
    other = make_user("hla_laboratory", trial=study.trial)
    said = {"participant": study.treated, "at": NOW, "reason": REASON}
    (row,) = record_participant_typings(specificities=[("", "A*02:01")], by=study.laboratory, **said)

    client = client_of(other)
    assert client.get(TYPINGS).json()["results"] == []
    assert client.post(f"{TYPINGS}{row.pk}/void/", {"reason": "x"}, format="json").status_code == 404
    again = client.post(
        TYPINGS, {"participant": study.treated.code, "specificities": ["A*02:01"]}, format="json"
    )
    assert again.status_code == 201
    with unsealed(study.trial):
        assert ParticipantTyping.objects.count() == 2


def test_same_typing_twice_is_refused(study: Study) -> None:
    body = {"participant": study.treated.code, "specificities": ["A*02:01", "B*07:02", "A*02:01"]}

    answer = client_of(study.laboratory).post(TYPINGS, body, format="json")

    assert answer.status_code == 400
    with unsealed(study.trial):
        assert not ParticipantTyping.objects.exists()


def work_of(write: Callable[[Participant], Any], person: Participant) -> list[str]:
    """The first words of every statement of a write and of the judging behind it."""
    with CaptureQueriesContext(connection) as queries:
        write(person)
        judge_after_other_cause(person.trial_id, person.pk)
    return [query["sql"].split(" WHERE ")[0][:60] for query in queries]


def test_both_arms_cost_the_same_work(study: Study) -> None:
    def write(person: Participant) -> None:
        record(study, person, "IVIG", "2020-04-10")
        record_participant_typings(
            participant=person, specificities=[("", "A*02:01")], by=study.laboratory, at=NOW, reason=REASON
        )

    costs = [work_of(write, person) for person in (study.treated, study.placebo)]

    assert len(costs[0]) == len(costs[1])
    with unsealed(study.trial):
        rows = DsaFinding.objects.filter(participant__in=(study.treated.pk, study.placebo.pk))
        shown = {(row.participant_id, row.donor_code): SHOWN & set(row.flags) for row in rows}
    assert shown[(study.treated.pk, "D-1")] == shown[(study.placebo.pk, "D-1")]


def test_void_of_a_typing_of_somebody_else_is_refused(study: Study) -> None:
    said = {"at": NOW, "reason": REASON}
    (row,) = record_participant_typings(
        participant=study.treated, specificities=[("", "A*02:01")], by=study.laboratory, **said
    )
    other = make_user("hla_laboratory", trial=study.trial)

    with pytest.raises(Exception, match="not one that you have recorded"):
        void_participant_typing(trial=study.trial, typing_id=row.pk, by=other, **said)


def test_nurse_enters_a_product_from_the_page_of_days(study: Study, client: Client) -> None:
    person = study.treated
    client.force_login(study.nurse)
    page = reverse("admin:assessments_dailyassessment_days", args=[person.pk])
    assert "This does not say that none was given" in client.get(page).content.decode()

    data = {"participant": person.pk, "kind": "RBC", **WHEN, "units": "2", "remark": "Hb 6"}
    answer = client.post(f"{reverse('admin:assessments_sensitisingevent_add')}?back={page}", data)

    assert answer.status_code == 302, answer.content.decode()
    event = SensitisingEvent.objects.get()
    assert (event.kind, event.units, event.remark, event.version) == ("RBC", 2, "Hb 6", 1)
    assert "Red cells" in client.get(page).content.decode()
    assert "OTHER_SENSITISER" in flags_of(study, person)


def test_nurse_answers_a_day(study: Study, client: Client) -> None:
    person = study.treated
    client.force_login(study.nurse)
    page = reverse("admin:assessments_dailyassessment_days", args=[person.pk])

    client.post(f"{page}?day=1", {"day": "1", "unit": "mmhg", "d1-blood_product_given": "False"})

    assert DailyAssessment.objects.get(participant=person).blood_product_given is False


def test_laboratory_enters_a_typing_on_its_page(study: Study, client: Client) -> None:
    client.force_login(study.laboratory)

    answer = client.post(
        reverse("admin:immunology_participanttyping_add"),
        {"participant": study.treated.pk, "specificity": "A*02:01"},
    )

    assert answer.status_code == 302, answer.content.decode()
    assert "SELF_ANTIGEN" in flags_of(study, study.treated)
    with unsealed(study.trial):
        pk = ParticipantTyping.objects.get().pk
    client.post(reverse("admin:immunology_participanttyping_void", args=[pk]), {"reason": "another tube"})
    assert "SELF_ANTIGEN" not in flags_of(study, study.treated)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "ALBUMIN"}, "kind"),
        ({"occurred": "2999-01-01"}, "occurred"),
        ({"occurred": "yesterday"}, "occurred"),
        ({"units": 0}, "units"),
        ({"units": 1.5}, "units"),
    ],
)
def test_refusals_name_the_field(study: Study, changes: dict[str, Any], field: str) -> None:
    body = {
        "trial": study.trial.code,
        "participant": study.treated.code,
        "kind": "RBC",
        "occurred": "2020-04-08",
    }

    answer = client_of(study.nurse).post(EVENTS, body | changes, format="json")

    assert answer.status_code == 400
    assert field in str(answer.json())
    assert not SensitisingEvent.objects.exists()


def test_product_after_the_death_is_refused(study: Study) -> None:
    body = {
        "trial": study.trial.code,
        "participant": study.treated.code,
        "kind": "RBC",
        "occurred": "2020-04-12",
    }
    client = client_of(study.nurse)
    record_death(participant=study.treated, died="2020-04-11", by=study.nurse, at=NOW, reason=REASON)

    assert "after the death" in str(client.post(EVENTS, body, format="json").json())
    assert client.post(EVENTS, body | {"occurred": "2020-04-11"}, format="json").status_code == 201


def test_day_with_a_product_that_is_not_recorded_is_asked_about(study: Study, client: Client) -> None:
    person, question = study.treated, "which one?"
    client.force_login(study.nurse)
    page = reverse("admin:assessments_dailyassessment_days", args=[person.pk])
    answer_days(study, person, d8=True)
    record(study, person, "VACCINE", "2020-04-08")
    assert client.get(page).content.decode().count(question) == 1

    record(study, person, "IVIG", "2020-04-08T23:59")
    assert question not in client.get(page).content.decode()

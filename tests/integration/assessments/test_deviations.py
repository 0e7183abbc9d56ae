"""Protocol deviations: the sites' log."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from assessments.models import ProtocolDeviation
from assessments.services import correct_deviation, record_deviation, void_deviation
from audit.models import Entry
from tests.factories import make_enrolled, make_site, make_user
from tests.integration.trials.api_client import Api, fields_of
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, Site, Trial

pytestmark = pytest.mark.django_db
LATER = datetime(2020, 4, 20, 9, 0, tzinfo=UTC)
LATE_CHECK = {
    "category": "assessment",
    "importance": "minor",
    "occurred": "2020-04-08",
    "description": "A check was read 2 h late.",
}


@shared_rows
def person(trial: Trial, site: Site) -> Participant:
    return make_enrolled(trial, site, code="07-001")


def record(person: Participant, by: User, **values: Any) -> ProtocolDeviation:
    said = {**LATE_CHECK, **values}
    return record_deviation(site=person.site, participant=person, values=said, by=by, at=LATER, reason="log")


def test_a_deviation_is_recorded_with_a_date_as_exact_as_known(person: Participant, nurse: User) -> None:
    row = record(person, nurse, occurred="2020-04")

    row.refresh_from_db()
    assert (row.occurred_earliest_at, row.occurred_latest_at) == (
        datetime(2020, 3, 31, 22, 0, tzinfo=UTC),
        datetime(2020, 4, 30, 21, 59, 59, 999999, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("occurred", "2020-04-30"),
        ("occurred", "2020-02-30"),
        ("occurred", "2020-03"),
        ("description", " "),
        ("category", "dose"),
        ("importance", "huge"),
        ("occurred", ""),
    ],
)
def test_a_deviation_that_cannot_be_is_refused_at_its_field(
    person: Participant, nurse: User, field: str, value: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        record(person, nurse, **{field: value})

    assert field in refused.value.message_dict
    assert not ProtocolDeviation.objects.exists()


def test_a_participant_of_another_site_is_refused(person: Participant, nurse: User, trial: Trial) -> None:
    elsewhere = make_enrolled(trial, make_site(trial))

    with pytest.raises(ValidationError, match="another site"):
        record_deviation(
            site=person.site, participant=elsewhere, values=LATE_CHECK, by=nurse, at=LATER, reason="log"
        )


def test_a_correction_and_a_void_keep_what_was_there(person: Participant, nurse: User) -> None:
    who = {"by": nurse, "at": LATER, "reason": "was more than it seemed"}
    row = correct_deviation(deviation=record(person, nurse), changes={"importance": "major"}, **who)
    void_deviation(deviation=row, **who)

    changes = Entry.objects.filter(table_name="assessments_protocoldeviation", change="UPDATE").order_by("pk")
    assert [entry.old["importance"] for entry in changes if entry.old] == ["minor", "major"]
    with pytest.raises(ValidationError, match="voided"):
        correct_deviation(deviation=row, changes={"importance": "minor"}, **who)


def test_the_api_records_once_and_lists_by_site(person: Participant, nurse: User, trial: Trial) -> None:
    api = Api(nurse)
    body = {"trial": trial.code, "site": "07", "participant": "07-001", **LATE_CHECK}

    made = api.post("protocol-deviations/", body, key="k1")
    api.post("protocol-deviations/", body, key="k1")
    of_site = api.post("protocol-deviations/", {**body, "participant": None})

    assert (made.status_code, of_site.json()["participant"]) == (201, None)
    assert len(api.get("protocol-deviations/").json()["results"]) == 2
    stranger = Api(make_user("nurse", trial=trial, site=make_site(trial)))
    assert stranger.get("protocol-deviations/").json()["results"] == []
    assert fields_of(stranger.post("protocol-deviations/", body)) == ["site"]


def test_the_api_has_no_category_about_the_product(person: Participant, nurse: User, trial: Trial) -> None:
    body = {"trial": trial.code, "site": "07", "participant": "07-001", **LATE_CHECK, "category": "dose"}

    assert fields_of(Api(nurse).post("protocol-deviations/", body)) == ["category"]

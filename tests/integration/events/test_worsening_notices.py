"""A serious event that becomes worse is told again, exactly once, with a clock of its own and reminders."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as sent
from django.core.exceptions import ValidationError

from accounts.models import Mail, User
from accounts.services import send_mail, unsent_mails
from events.models import AdverseEvent, SeriousNotice, SponsorUpdate
from events.queries.sponsor_updates import updates_due
from events.services.notices import acknowledge_notice, notify_of_missed_events
from events.services.sponsor_updates import record_sponsor_told, remind_of_serious_events
from tests.factories import make_user
from tests.integration.events.event_requests import LIST, client_of, listed, post
from tests.integration.events.event_rows import AT, LATER, REASON, Ward, make_serious_values
from tests.integration.events.event_steps import correct, record
from trials.models import ProtocolVersion

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def officer(ward: Ward) -> User:
    return make_user("pharmacovigilance", trial=ward.trial, email="officer@pv.example")


def serious(ward: Ward, **values: Any) -> AdverseEvent:
    return record(ward, **make_serious_values(outcome="", ended="", sponsor_informed_at=AT, **values))


def news() -> list[tuple[str, int]]:
    return list(SeriousNotice.objects.order_by("pk").values_list("news", "event_version"))


def due(ward: Ward, at: Any = LATER) -> list[tuple[str, str]]:
    protocol = ProtocolVersion.objects.protocol_of(trial_id=ward.trial.pk, on=None)
    found = updates_due(trial_id=ward.trial.pk, site_codes=None, at=at, protocol=protocol)
    return [(one.update.news, one.state) for one in found]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"life_threatening": True}, "life_threatening"),
        ({"causality": "POSSIBLE"}, "related"),
        ({"causality": "UNDETERMINED"}, "related"),
        ({"life_threatening": True, "causality": "POSSIBLE"}, "life_threatening"),
    ],
)
def test_each_worsening_is_told_once_and_has_its_clock(
    ward: Ward, officer: User, change: dict[str, Any], expected: str
) -> None:
    event = serious(ward)
    correct(event, ward, **change)
    correct(event, ward, seen_version=2, narrative="nothing new")

    assert news() == [("serious", 1), (expected, 2)]
    assert Mail.objects.filter(kind="serious-event").count() == 2
    assert (due(ward), due(ward, LATER + 25 * HOUR)) == ([(expected, "running")], [(expected, "overdue")])
    event.refresh_from_db()
    assert event.sponsor_informed_at == AT


def test_told_sponsor_stops_the_clock_of_the_worsening_alone(ward: Ward, officer: User) -> None:
    event = serious(ward)
    correct(event, ward, life_threatening=True)
    said = {"event": event, "by": ward.nurse, "reason": REASON}

    for moment in (LATER + HOUR, AT - HOUR):
        with pytest.raises(ValidationError):
            record_sponsor_told(informed_at=moment, at=LATER, **said)
    record_sponsor_told(informed_at=LATER, at=LATER, **said)
    with pytest.raises(ValidationError):
        record_sponsor_told(informed_at=LATER, at=LATER, **said)

    assert due(ward) == []


def test_worsening_that_nobody_was_told_of_is_found_by_the_sweep(ward: Ward) -> None:
    event = serious(ward)
    correct(event, ward, life_threatening=True)
    make_user("pharmacovigilance", trial=ward.trial)

    told = notify_of_missed_events(at=LATER)

    assert (told, notify_of_missed_events(at=LATER)) == (2, 0)
    assert news() == [("serious", 2), ("life_threatening", 2)]


def test_reminders_go_once_soon_and_once_overdue_to_who_did_not_acknowledge(
    ward: Ward, officer: User
) -> None:
    event = serious(ward)
    correct(event, ward, life_threatening=True)
    for mail_id in unsent_mails():
        send_mail(mail_id=mail_id, at=LATER)
    sent.outbox.clear()

    counts = [remind_of_serious_events(at=LATER + hours * HOUR) for hours in (1, 19, 20, 25)]
    for mail_id in unsent_mails():
        send_mail(mail_id=mail_id, at=LATER)

    assert counts == [0, 1, 1, 1]
    assert len(sent.outbox) == 2
    text = " ".join(f"{mail.subject} {mail.body}" for mail in sent.outbox)
    for hidden in (ward.participant.code, ward.site.code, "Hypotension", "life"):
        assert hidden not in text

    for notice in SeriousNotice.objects.all():
        acknowledge_notice(notice=notice, by=officer, at=LATER)
    assert remind_of_serious_events(at=LATER + 26 * HOUR) == 0


def test_event_that_is_void_or_no_longer_serious_has_no_clock(ward: Ward, officer: User) -> None:
    event = serious(ward)
    correct(event, ward, life_threatening=True)
    correct(
        event,
        ward,
        seen_version=2,
        lowering="error",
        serious=False,
        hospitalisation=False,
        life_threatening=False,
    )

    assert (due(ward), SponsorUpdate.objects.count()) == ([], 1)


def test_api_stops_the_clock_and_lists_what_is_overdue(ward: Ward) -> None:
    client = client_of(ward.nurse)
    event = serious(ward)
    correct(event, ward, life_threatening=True)
    assert [row["id"] for row in listed(client, overdue="true")] == [event.pk]

    answer = post(client, f"{LIST}{event.pk}/sponsor-told/", {"informed_at": LATER.isoformat()})

    assert (answer.status_code, answer.json()["sponsor_updates"][0]["news"]) == (200, "life_threatening")
    assert listed(client, overdue="true") == []

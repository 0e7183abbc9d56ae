"""Notices of a serious event: recipients, text, once each; sent, opened and acknowledged are recorded."""

import re
from typing import Any

import pytest
from django.core import mail as sent
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Mail, User
from accounts.services import send_mail, system_user, unsent_mails
from audit.models import Entry
from events.models import AdverseEvent, SeriousNotice
from events.queries.notices import recipients_of
from events.services.adverse_events import record_adverse_event, save_draft, void_adverse_event
from events.services.imports import import_events
from events.services.notices import acknowledge_notice, notify_of_missed_events, open_notice
from events.tasks import sweep_notices
from tests.factories import allocate, make_event, make_user
from tests.integration.events.event_rows import (
    AT,
    LATER,
    NOT_SERIOUS,
    REASON,
    Ward,
    make_serious_values,
    make_values,
    make_ward,
    read_protocol,
)
from tests.integration.events.event_steps import correct, record
from trials.rules.protocol.problems import ProtocolError
from trials.services import load_protocol

pytestmark = pytest.mark.django_db
INBOX = "safety@sponsor.example"


@pytest.fixture
def officer(ward: Ward) -> User:
    return make_user(
        "pharmacovigilance", trial=ward.trial, email="officer@pv.example", first_name="Ines", last_name="Roy"
    )


@pytest.fixture
def sponsor(ward: Ward) -> User:
    return make_user("sponsor", trial=ward.trial, email="sponsor@sponsor.example")


def serious(ward: Ward, **values: Any) -> AdverseEvent:
    return record(ward, **make_serious_values(**values))


def news() -> list[str]:
    return list(SeriousNotice.objects.order_by("pk").values_list("news", flat=True))


def with_inbox(ward: Ward, address: str = INBOX) -> None:
    content = read_protocol() | {"version": "9.0", "effective_date": AT.date(), "safety": {"inbox": address}}
    load_protocol(content=content, by=system_user(), at=AT, reason="amended")


def test_serious_event_is_told_to_officers_and_sponsor_in_its_own_transaction(
    ward: Ward, officer: User, sponsor: User
) -> None:
    event = serious(ward)

    told = SeriousNotice.objects.order_by("recipient")
    assert [(row.recipient_id, row.news, row.event_id, row.recorded_at) for row in told] == [
        (person.pk, "serious", event.pk, AT) for person in sorted((officer, sponsor), key=lambda one: one.pk)
    ]
    assert Mail.objects.filter(kind="serious-event").count() == 2


def test_mail_says_that_there_is_news_and_nothing_of_it(ward: Ward, officer: User) -> None:
    event = serious(ward, outcome="NOT RECOVERED/NOT RESOLVED", ended="")

    for mail_id in unsent_mails():
        send_mail(mail_id=mail_id, at=LATER)

    (mail,) = sent.outbox
    assert mail.to == ["officer@pv.example"]
    text = f"{mail.subject} {mail.body}"
    place = ward.participant
    for hidden in (place.code, place.site.code, place.site.name, "Hypotension", event.reported_term, "grade"):
        assert hidden not in text
    assert f"/events/seriousnotice/{SeriousNotice.objects.get().pk}/change/" in text
    assert SeriousNotice.objects.with_mail().get().mail_sent_at == LATER


def test_all_news_has_the_same_words(ward: Ward, officer: User) -> None:
    event = serious(ward)
    void_adverse_event(event=event, by=ward.nurse, at=LATER, reason="wrong participant")

    for mail_id in unsent_mails():
        send_mail(mail_id=mail_id, at=LATER)

    bodies = {re.sub(r"/seriousnotice/\d+/", "/", str(mail.body)) for mail in sent.outbox}
    assert (len(sent.outbox), len(bodies), news()) == (2, 1, ["serious", "voided"])


def test_drafts_and_events_that_are_not_serious_are_not_news(ward: Ward, officer: User) -> None:
    said = {"participant": ward.participant, "by": ward.nurse, "at": AT, "reason": REASON}
    save_draft(values=make_serious_values(), **said)
    record_adverse_event(values=make_values(), **said)

    assert news() == []


def test_correction_tells_what_became_serious_and_what_is_no_longer(ward: Ward, officer: User) -> None:
    event = record(ward)
    correct(event, ward, serious=True, hospitalisation=True)
    correct(event, ward, seen_version=2, narrative="seen again")
    correct(event, ward, seen_version=3, **NOT_SERIOUS, lowering="error")

    versions = list(SeriousNotice.objects.order_by("pk").values_list("news", "event_version"))
    assert versions == [("serious", 2), ("no_longer", 4)]


def test_refused_event_tells_nobody(ward: Ward, officer: User) -> None:
    with pytest.raises(ValidationError):
        serious(ward, ended="2020-04-06")

    assert (news(), Mail.objects.count()) == ([], 0)


def test_inbox_of_the_protocol_takes_the_place_of_the_sponsors_people(
    ward: Ward, officer: User, sponsor: User
) -> None:
    with_inbox(ward)
    serious(ward)

    told = {(row.recipient_id, row.address) for row in SeriousNotice.objects.all()}
    assert told == {(officer.pk, ""), (None, INBOX)}
    assert set(Mail.objects.values_list("recipient", "address")) == told


@pytest.mark.parametrize("address", ["nobody", "a@b", "a@b.example, c@d.example"])
def test_inbox_that_is_no_address_is_refused(ward: Ward, address: str) -> None:
    with pytest.raises(ProtocolError, match="one e-mail address"):
        with_inbox(ward, address)


def test_sweep_tells_what_nobody_was_told_once_there_is_somebody(ward: Ward) -> None:
    serious(ward)
    nothing = notify_of_missed_events(at=LATER)
    make_user("pharmacovigilance", trial=ward.trial)

    first, again = notify_of_missed_events(at=LATER), notify_of_missed_events(at=LATER)

    assert (nothing, first, again, news()) == (0, 1, 0, ["serious"])


def test_sweep_leaves_imported_old_and_other_events_alone(ward: Ward, officer: User) -> None:
    make_event(ward.participant, serious=True, hospitalisation=True, source="import", changed_at=AT)
    make_event(ward.participant, serious=True, status="draft")
    make_event(ward.participant, serious=False)

    sweep_notices()

    assert (notify_of_missed_events(at=LATER), news()) == (0, [])


def test_import_tells_nobody(ward: Ward, officer: User) -> None:
    manager = make_user("data_manager", trial=ward.trial)
    fields = {"number": 1, "reported_term": "shock", "serious": True, "hospitalisation": True}
    wanted = {(ward.participant.pk, "AESEQ 1"): fields}

    import_events(trial=ward.trial, wanted=wanted, by=manager, at=AT, reason="first cut")

    assert (notify_of_missed_events(at=LATER), news()) == (0, [])


def test_opened_and_acknowledged_are_on_record_per_recipient(
    ward: Ward, officer: User, sponsor: User
) -> None:
    serious(ward)
    mine = SeriousNotice.objects.get(recipient=officer)

    open_notice(notice=mine, by=sponsor, at=AT)
    unread = SeriousNotice.objects.get(pk=mine.pk).opened_at
    open_notice(notice=mine, by=officer, at=AT)
    with pytest.raises(ValidationError, match="somebody else"):
        acknowledge_notice(notice=mine, by=sponsor, at=LATER)
    acknowledge_notice(notice=mine, by=officer, at=LATER)
    with pytest.raises(ValidationError, match="already"):
        acknowledge_notice(notice=mine, by=officer, at=LATER)

    row = SeriousNotice.objects.get(pk=mine.pk)
    assert (unread, row.opened_at, row.acknowledged_at, row.acknowledged_by) == (None, AT, LATER, officer)
    entries = Entry.objects.of_row(table="events_seriousnotice", row_id=mine.pk).order_by("id")
    assert [entry.actor_id for entry in entries] == [system_user().pk, officer.pk, officer.pk]
    assert SeriousNotice.objects.get(recipient=sponsor).opened_at is None


def test_notice_of_the_inbox_is_acknowledged_by_who_may_receive_them(ward: Ward, officer: User) -> None:
    with_inbox(ward)
    serious(ward)
    notice = SeriousNotice.objects.get(address=INBOX)

    with pytest.raises(ValidationError, match="somebody else"):
        acknowledge_notice(notice=notice, by=ward.nurse, at=LATER)
    acknowledge_notice(notice=notice, by=officer, at=LATER)

    assert SeriousNotice.objects.get(address=INBOX).acknowledged_by == officer


def test_pages_show_the_officer_the_event_and_the_sponsor_only_that_there_is_news(
    ward: Ward, officer: User, sponsor: User
) -> None:
    serious(ward)
    pages = {}
    for person in (officer, sponsor):
        client, notice = Client(), SeriousNotice.objects.get(recipient=person)
        client.force_login(person)
        first_page = client.get("/").content.decode()
        address = f"/events/seriousnotice/{notice.pk}/"
        shown = client.get(f"{address}change/").content.decode()
        listed = client.get("/events/seriousnotice/").content.decode()
        client.post(f"{address}acknowledge/", {"back": "/"})
        pages[person.pk] = (first_page, shown, listed)
        assert f"{address}change/" in first_page
        assert f"{address}change/" not in client.get("/").content.decode()

    assert "Hypotension" in pages[officer.pk][1]
    assert all(
        hidden not in page for page in pages[sponsor.pk] for hidden in ("Hypotension", ward.participant.code)
    )
    assert SeriousNotice.objects.unacknowledged().count() == 0


def test_the_form_says_who_is_told_and_in_red_when_nobody_is(ward: Ward) -> None:
    client = Client()
    client.force_login(ward.nurse)
    alone = client.get("/events/adverseevent/add/").content.decode()
    officer = make_user("pharmacovigilance", trial=ward.trial)
    half = client.get("/events/adverseevent/add/").content.decode()
    with_inbox(ward)
    both = client.get("/events/adverseevent/add/").content.decode()
    event = serious(ward)
    page = client.get(f"/events/adverseevent/{event.pk}/change/").content.decode()

    assert "Nobody is told" in alone
    assert "1 safety officer" not in alone
    assert "1 safety officer" in half
    assert "Nobody of the sponsor is told" in half
    assert "1 safety officer, the sponsor&#x27;s inbox" in both
    assert "is told: " not in both
    assert officer.username in page
    assert "no e-mail address; on the worklist only" in page


def test_data_manager_is_asked_to_name_somebody(ward: Ward, officer: User) -> None:
    client = Client()
    client.force_login(make_user("data_manager", trial=ward.trial))
    line = "Not everybody is told of serious events"

    before = client.get("/").content.decode()
    with_inbox(ward)

    assert line in before
    assert line not in client.get("/").content.decode()


def test_who_is_told_does_not_depend_on_the_arm(ward: Ward, officer: User, sponsor: User) -> None:
    other = make_ward(ward.trial)
    allocate(ward.participant, "UC_MSC")
    allocate(other.participant, "PLACEBO")
    serious(ward)
    serious(other)

    told = [
        set(
            SeriousNotice.objects.filter(event__participant=who.participant).values_list(
                "recipient", "recorded_at"
            )
        )
        for who in (ward, other)
    ]
    assert told[0] == told[1] == {(officer.pk, AT), (sponsor.pk, AT)}
    assert recipients_of(ward.trial).people == tuple(sorted((officer.pk, sponsor.pk)))

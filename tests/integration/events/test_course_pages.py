"""The course on the event's page: timeline, table, a row in a few keystrokes, corrections, duplicates, the sponsor told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AdverseEvent, EventObservation, SponsorUpdate
from tests.factories import make_user
from tests.integration.events.event_rows import REASON, Ward, make_serious_values
from tests.integration.events.event_steps import correct, record

pytestmark = pytest.mark.django_db
GOES_ON = {"outcome": "", "ended": ""}


def client_for(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(event: AdverseEvent, verb: str = "change") -> str:
    return reverse(f"admin:events_adverseevent_{verb}", args=[event.pk])


def row_of(day: str, **said: Any) -> dict[str, Any]:
    year, month, date = day.split("-")
    when = {"observed_day": date, "observed_month": month, "observed_year": year, "observed_time": ""}
    return {**when, "grade": "", "outcome": "", "intervention": "", "note": "", **said}


def test_page_shows_timeline_table_and_days(ward: Ward) -> None:
    event = record(ward, grade=1, **GOES_ON)
    client = client_for(ward.nurse)

    answer = client.post(page(event, "course"), row_of("2020-04-09", grade="3", seen_version="1"))
    shown = client.get(page(event)).content.decode()

    assert answer.status_code == 302
    assert AdverseEvent.objects.get(pk=event.pk).grade == 3
    assert '<svg class="strips"' in shown
    assert "Add to the course" in shown
    assert "Grade 1: 2 days" in shown


def test_form_is_filled_with_now_and_refuses_an_old_version(ward: Ward) -> None:
    event = record(ward, grade=1, **GOES_ON)
    client = client_for(ward.nurse)
    shown = client.get(page(event, "course")).content.decode()

    client.post(page(event, "course"), row_of("2020-04-09", grade="3", seen_version="1"))
    again = client.post(page(event, "course"), row_of("2020-04-09", grade="2", seen_version="1"))

    assert f'value="{timezone.localtime().year}"' in shown
    assert again.status_code == 200
    assert "read it again" in again.content.decode()
    assert EventObservation.objects.filter(event=event).count() == 2


def test_row_is_corrected_with_a_reason_and_voided(ward: Ward) -> None:
    event = record(ward, grade=1, **GOES_ON)
    client = client_for(ward.nurse)
    client.post(page(event, "course"), row_of("2020-04-09", grade="3", seen_version="1"))
    row = EventObservation.objects.get(event=event, number=2)
    change = reverse("admin:events_eventobservation_change", args=[row.pk])

    client.post(change, row_of("2020-04-09", grade="2", reason="misread", seen_version="1"))
    assert AdverseEvent.objects.get(pk=event.pk).grade == 2
    client.post(reverse("admin:events_eventobservation_void", args=[row.pk]), {"reason": REASON})

    assert AdverseEvent.objects.get(pk=event.pk).grade == 1


def test_similar_event_is_shown_before_saving_and_saved_with_a_reason(ward: Ward) -> None:
    first = record(ward, grade=1, **GOES_ON)
    client = client_for(ward.nurse)
    body = {
        "participant": ward.participant.pk,
        "reported_term": "pressure fell again",
        "ctcae_term": first.ctcae_term_id,
        "onset_day": "9",
        "onset_month": "4",
        "onset_year": "2020",
        "onset_time": "",
        "grade": "2",
        "_save": "1",
    }

    shown = client.post(reverse("admin:events_adverseevent_add"), body).content.decode()
    assert AdverseEvent.objects.count() == 1
    assert "Why is it another event?" in shown
    assert page(first) in shown
    client.post(reverse("admin:events_adverseevent_add"), {**body, "distinct_because": "after extubation"})

    assert AdverseEvent.objects.get(number=2).distinct_because == "after extubation"


def test_event_that_comes_back_is_linked_from_the_page_of_the_old_one(ward: Ward) -> None:
    event = record(ward)
    client = client_for(ward.nurse)

    shown = client.get(page(event)).content.decode()
    link = (
        f"{reverse('admin:events_adverseevent_add')}?participant={ward.participant.pk}&amp;reopens={event.pk}"
    )
    form = client.get(link.replace("&amp;", "&")).content.decode()

    assert link.replace("&amp;", "&") in shown.replace("&amp;", "&")
    assert f'<option value="{event.pk}" selected>' in form


def test_sponsor_is_told_of_a_worsening_on_the_page(ward: Ward) -> None:
    make_user("pharmacovigilance", trial=ward.trial)
    event = record(ward, **make_serious_values(**GOES_ON))
    correct(event, ward, life_threatening=True)
    now = timezone.localtime() - timedelta(minutes=5)
    told = {
        "informed_at_day": f"{now:%d}",
        "informed_at_month": f"{now:%m}",
        "informed_at_year": f"{now:%Y}",
        "informed_at_time": f"{now:%H:%M}",
    }
    client = client_for(ward.nurse)

    before = client.get(reverse("admin:index")).content.decode()
    client.post(page(event, "sponsor_told"), told)

    assert "life-threatening" in before
    assert SponsorUpdate.objects.get().sponsor_informed_at is not None


def test_reader_sees_the_course_and_no_buttons(ward: Ward) -> None:
    event = record(ward, grade=1, **GOES_ON)
    shown = client_for(make_user("data_manager", trial=ward.trial)).get(page(event)).content.decode()

    assert '<svg class="strips"' in shown
    assert "Add to the course" not in shown

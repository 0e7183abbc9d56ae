"""Wrong passwords at signing: counted in the session, slowed, and a right one never called wrong (21 CFR 11.300(d))."""

from datetime import timedelta

from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.models import WrongPassword
from events.models import AdverseEvent
from tests.factories import make_event
from tests.integration.events.event_rows import Ward, make_ward
from tests.plugins.shared_rows import shared_rows

PASSWORD = "a password for tests"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@shared_rows
def ward() -> Ward:
    return make_ward()


def sign(client: Client, event: AdverseEvent, password: str) -> str:
    page = reverse("admin:events_adverseevent_sign", args=[event.pk])
    return client.post(page, {"password": password, "seen_version": event.version}).content.decode()


def test_guessing_at_signing_is_slowed_and_the_right_password_signs_after_the_pause(
    ward: Ward, client: Client
) -> None:
    event = make_event(ward.participant)
    client.force_login(ward.investigator, backend=BACKEND)

    refused = [sign(client, event, "guessed") for _attempt in range(10)]
    too_early = sign(client, event, PASSWORD)

    assert all("this is not your password; nothing was done" in page for page in refused)
    assert "not checked after too many wrong ones; nothing was done" in too_early
    event.refresh_from_db()
    assert event.signed_at is None
    assert WrongPassword.objects.filter(user=ward.investigator, use="again").count() == 10

    WrongPassword.objects.update(at=F("at") - timedelta(seconds=30))
    sign(client, event, PASSWORD)

    event.refresh_from_db()
    assert event.signed_at is not None


def test_guessing_in_one_session_does_not_slow_another(ward: Ward, client: Client) -> None:
    event, guesser = make_event(ward.participant), Client()
    guesser.force_login(ward.investigator, backend=BACKEND)
    client.force_login(ward.investigator, backend=BACKEND)
    for _attempt in range(12):
        sign(guesser, event, "guessed")

    sign(client, event, PASSWORD)

    event.refresh_from_db()
    assert event.signed_at is not None


def test_right_password_signs_and_leaves_no_wrong_one(ward: Ward, client: Client) -> None:
    event = make_event(ward.participant)
    client.force_login(ward.investigator, backend=BACKEND)

    sign(client, event, PASSWORD)

    event.refresh_from_db()
    assert event.signed_at is not None
    assert not WrongPassword.objects.exists()

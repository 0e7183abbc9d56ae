"""A wrong password at signing counts like one at signing in: whoever guesses is shut out (21 CFR 11.300(d))."""

from typing import Any

from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from events.models import AdverseEvent
from tests.factories import make_event
from tests.integration.events.event_rows import Ward, make_ward
from tests.plugins.groundwork import groundwork

PASSWORD = "a password for tests"


@groundwork
def ward() -> Ward:
    return make_ward()


def sign(client: Client, event: AdverseEvent, password: str) -> str:
    page = reverse("admin:events_adverseevent_sign", args=[event.pk])
    return client.post(page, {"password": password, "seen_version": event.version}).content.decode()


def test_guessing_at_signing_shuts_the_account_out(ward: Ward, client: Client, settings: Any) -> None:
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 3
    event = make_event(ward.participant)
    client.force_login(ward.investigator, backend="django.contrib.auth.backends.ModelBackend")

    refused = [sign(client, event, "guessed") for _attempt in range(3)]
    too_late = sign(client, event, PASSWORD)

    attempt = AccessAttempt.objects.get(username=ward.investigator.get_username())
    assert attempt.failures_since_start > 2
    assert "guessed" not in attempt.post_data
    assert all("this is not your password; nothing was done" in page for page in refused[:2])
    assert all("none is taken until 15 minutes after the last try" in page for page in (refused[2], too_late))
    event.refresh_from_db()
    assert event.signed_at is None


def test_right_password_signs(ward: Ward, client: Client, settings: Any) -> None:
    settings.AXES_ENABLED = True
    event = make_event(ward.participant)
    client.force_login(ward.investigator, backend="django.contrib.auth.backends.ModelBackend")

    sign(client, event, PASSWORD)

    event.refresh_from_db()
    assert event.signed_at is not None
    assert not AccessAttempt.objects.exists()

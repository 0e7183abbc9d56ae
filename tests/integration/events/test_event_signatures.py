"""A signature of an event is kept in the one model of signatures, bound to what was signed."""

import pytest

from accounts.models import RecordSignature
from accounts.services import content_digest, signatures_of
from events.services.adverse_events import sign_adverse_event
from events.services.course import record_observation
from events.services.event_writing import content_to_sign
from tests.integration.events.event_rows import LATER, REASON, Ward
from tests.integration.events.event_steps import record

pytestmark = pytest.mark.django_db


def test_signature_names_version_meaning_and_content_and_stays_on_it(ward: Ward) -> None:
    event = record(ward, outcome="", ended="")
    signed = sign_adverse_event(event=event, seen_version=1, by=ward.investigator, at=LATER)
    digest = content_digest(content_to_sign(signed))

    record_observation(event=event, values={"grade": 3}, by=ward.nurse, at=LATER, reason=REASON)
    event.refresh_from_db()

    (signature,) = signatures_of(event)
    assert (signature.printed_name, signature.signed_at, signature.meaning) == (
        "Ada Kern",
        LATER,
        "responsibility",
    )
    assert (signature.subject_version, signature.content_sha256) == (2, digest)
    assert (event.version, event.signed_at) == (3, None)
    assert content_digest(content_to_sign(event)) != digest
    assert RecordSignature.objects.count() == 1

"""A second arm within a day for the same person: two people get a mail before it is displayed, and nothing is stopped."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Mail, User
from accounts.services import send_mail, unsent_mails
from product.models import ArmDisclosure, Unblinding
from product.services.unblinding import disclose_arm, unblind_alone, unblind_together
from tests.concurrency import while_reading
from tests.factories import allocate, make_user
from tests.plugins.shared_rows import shared_rows
from tests.unblinded_wards import ACTIVE, ACTIVE_LABEL, CONTROL, Emergency, make_emergency, signed_in
from tests.ward import PASSWORD, make_patient
from trials.models import Participant

pytestmark = pytest.mark.django_db
MAIL = "repeated_unblinding"
WHOM = "Called two colleagues and the hotline"


def make_scene() -> Emergency:
    scene = make_emergency()
    trial = scene.ward.trial
    make_user("sponsor", trial=trial, username="sponsor", email="sponsor@sponsor.example")
    make_user("data_manager", trial=trial, username="manager", email="manager@sponsor.example")
    return scene


@shared_rows
def scene() -> Emergency:
    return make_scene()


def another_patient(scene: Emergency, code: str = "07-013") -> Participant:
    patient = make_patient(scene.ward, code, enrolled_at=timezone.now() - timedelta(days=2))
    allocate(patient, CONTROL)
    return patient


def confirmed(scene: Emergency, participant: Participant, **changes: Any) -> Unblinding:
    return unblind_together(**scene.said(participant=participant, **changes), second=scene.second)


def show(row: Unblinding, by: User, at: datetime | None = None) -> Any:
    return disclose_arm(unblinding=row, by=by, at=at or timezone.now())


def told() -> list[str]:
    rows = Mail.objects.filter(kind=MAIL).order_by("recipient__username")
    return list(rows.values_list("recipient__username", flat=True))


def test_the_first_arm_is_told_to_nobody_more(scene: Emergency) -> None:
    show(confirmed(scene, scene.patient), scene.asker)

    assert told() == []


def test_a_second_arm_within_a_day_is_told_to_sponsor_and_data_manager(scene: Emergency) -> None:
    other = another_patient(scene)
    show(confirmed(scene, scene.patient), scene.asker)
    row = unblind_alone(**scene.said(participant=other), absence_reason=WHOM)

    arm = show(row, scene.asker)

    row.refresh_from_db()
    assert arm.allocated is not None
    assert told() == ["manager", "sponsor"]
    assert row.repeat_told_at is not None
    assert row.disclosed_at is not None
    assert row.repeat_told_at <= row.disclosed_at


@pytest.mark.parametrize(("hours", "people"), [(23, ["manager", "sponsor"]), (25, [])])
def test_a_day_is_the_protocols(scene: Emergency, hours: int, people: list[str]) -> None:
    start = timezone.now() - timedelta(hours=30)
    show(confirmed(scene, scene.patient, at=start), scene.asker, start)
    later = start + timedelta(hours=hours)

    show(confirmed(scene, another_patient(scene), at=later), scene.asker, later)

    assert told() == people


def test_seeing_the_same_arm_again_is_no_second_one(scene: Emergency) -> None:
    row = confirmed(scene, scene.patient)
    for _time in range(3):
        show(row, scene.asker)

    assert told() == []
    assert ArmDisclosure.objects.count() == 3


def test_a_second_arm_is_told_once_however_often_it_is_seen(scene: Emergency) -> None:
    show(confirmed(scene, scene.patient), scene.asker)
    row = confirmed(scene, another_patient(scene))
    show(row, scene.asker)
    first = Unblinding.objects.get(pk=row.pk).repeat_told_at

    show(row, scene.asker, timezone.now() + timedelta(hours=1))

    assert Unblinding.objects.get(pk=row.pk).repeat_told_at == first
    assert len(told()) == 2


def test_somebody_elses_arm_is_no_second_one(scene: Emergency) -> None:
    show(confirmed(scene, scene.patient), scene.asker)
    row = unblind_together(
        **scene.said(participant=another_patient(scene), by=scene.officer), second=scene.second
    )

    show(row, scene.officer)

    assert told() == []


def test_nobody_to_be_told_stops_nothing(scene: Emergency) -> None:
    User.objects.exclude(pk__in=[scene.asker.pk, scene.second.pk]).update(email="")
    show(confirmed(scene, scene.patient), scene.asker)

    arm = show(confirmed(scene, another_patient(scene)), scene.asker)

    assert arm.allocated is not None
    assert told() == []


def test_the_mail_holds_neither_arm_nor_participant(scene: Emergency) -> None:
    other = another_patient(scene)
    show(confirmed(scene, scene.patient), scene.asker)
    show(confirmed(scene, other), scene.asker)

    for mail_id in unsent_mails():
        send_mail(mail_id=mail_id, at=timezone.now())

    (letter, _second) = [one for one in mail.outbox if "second arm" in one.subject]
    text = f"{letter.subject} {letter.body}"
    assert "within 24 hours" in text
    assert not any(word in text for word in (ACTIVE, CONTROL, ACTIVE_LABEL, scene.patient.code, other.code))


def test_the_page_says_it_before(scene: Emergency) -> None:
    asker, other = signed_in(scene.asker), another_patient(scene)
    url = f"/trials/participant/{other.pk}/unblind/"
    warning = "the sponsor and the data managers are told"
    assert warning not in asker.get(url).content.decode()
    show(confirmed(scene, scene.patient), scene.asker)

    assert warning in asker.get(url).content.decode()
    shown = asker.post(url, scene.answers("nobody")).content.decode()

    assert "Arm of participant 07-013" in shown
    assert told() == ["manager", "sponsor"]


def test_the_page_of_a_confirmed_request_says_it_before_and_not_after(scene: Emergency) -> None:
    asker, warning = signed_in(scene.asker), "the sponsor and the data managers are told"
    show(confirmed(scene, scene.patient), scene.asker)
    row = confirmed(scene, another_patient(scene))
    url = f"/product/unblinding/{row.pk}/arm/"

    assert warning in asker.get(url).content.decode()
    asker.post(url, {"password": PASSWORD})

    assert warning not in asker.get(url).content.decode()


def test_auditors_find_it_in_the_list(scene: Emergency) -> None:
    auditor = signed_in(make_user("auditor", trial=scene.ward.trial))
    show(confirmed(scene, scene.patient), scene.asker)
    show(confirmed(scene, another_patient(scene)), scene.asker)

    listed = auditor.get("/product/unblinding/?second_arm=yes").content.decode()

    assert "07-013" in listed
    assert scene.patient.code not in listed


@pytest.mark.parametrize("words", [".", "n/a", "nobody nobody nobody"])
def test_whom_one_tried_to_reach_needs_an_answer(scene: Emergency, words: str) -> None:
    page = signed_in(scene.asker).post(scene.ask_url(), scene.answers("nobody", absence_reason=words))

    assert "the person or role and the way" in page.content.decode()
    with pytest.raises(ValidationError, match="the person or role and the way"):
        unblind_alone(**scene.said(), absence_reason=words)
    assert not Unblinding.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_mails_are_committed_before_the_arm_is_read() -> None:
    scene = make_scene()
    other = another_patient(scene)
    show(confirmed(scene, scene.patient), scene.asker)
    row = confirmed(scene, other)
    seen: list[list[str]] = []

    with while_reading(lambda: seen.append(told()), once_read="product_allocation"):
        show(row, scene.asker)

    assert seen == [["manager", "sponsor"]]


@pytest.mark.django_db(transaction=True)
def test_two_arms_shown_at_the_same_moment_are_not_both_the_first() -> None:
    scene = make_scene()
    rows = [confirmed(scene, scene.patient), confirmed(scene, another_patient(scene))]

    def run(row: Unblinding) -> None:
        try:
            show(row, scene.asker)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, rows))

    assert Unblinding.objects.disclosed().count() == 2
    assert Unblinding.objects.filter(repeat_told_at__isnull=False).count() == 1
    assert told() == ["manager", "sponsor"]

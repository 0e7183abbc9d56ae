"""Unblinding over HTTP: found from the participant's page, two passwords on one page, and no other person reads an arm."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Clearance, Mail, WrongPassword
from product import tasks
from product.models import ArmDisclosure, Unblinding, UnblindingNotice
from product.services.unblinding import ask_unblinding, send_notice, unblind_together, unsent_notices
from tests.factories import make_enrolled, make_user
from tests.plugins.shared_rows import shared_rows
from tests.unblinded_wards import ACTIVE_LABEL, WHY, Emergency, make_emergency, signed_in
from tests.ward import PASSWORD

pytestmark = pytest.mark.django_db


@shared_rows
def scene() -> Emergency:
    return make_emergency()


@pytest.fixture
def asker(scene: Emergency) -> Client:
    return signed_in(scene.asker)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_participants_page_leads_there(scene: Emergency, asker: Client) -> None:
    assert scene.ask_url() in text(asker.get(f"/trials/participant/{scene.patient.pk}/change/"))
    nurses = text(signed_in(scene.ward.nurse).get(f"/trials/participant/{scene.patient.pk}/change/"))
    assert "/unblind/" not in nurses


def test_two_passwords_on_one_page_show_the_arm_once(scene: Emergency, asker: Client) -> None:
    response = asker.post(scene.ask_url(), scene.answers())

    assert ACTIVE_LABEL in text(response)
    assert "no-store" in response["Cache-Control"]
    assert ACTIVE_LABEL not in text(asker.get(scene.ask_url(), follow=True))


def test_page_that_is_sent_again_asks_for_the_password_and_makes_no_second_record(
    scene: Emergency, asker: Client
) -> None:
    asker.post(scene.ask_url(), scene.answers())

    again = asker.post(scene.ask_url(), scene.answers(), follow=True)

    assert ACTIVE_LABEL not in text(again)
    assert "See the arm" in text(again)
    assert (Unblinding.objects.count(), ArmDisclosure.objects.count()) == (1, 1)


def test_nobody_reachable_shows_the_arm_at_once(scene: Emergency, asker: Client) -> None:
    response = asker.post(scene.ask_url(), scene.answers("nobody"))

    assert ACTIVE_LABEL in text(response)
    assert Unblinding.objects.get().absence_reason.startswith("Called")


def test_nobody_reachable_needs_whom_one_tried(scene: Emergency, asker: Client) -> None:
    response = asker.post(scene.ask_url(), scene.answers("nobody", absence_reason=""))

    assert "Whom did you try to reach" in text(response)
    assert ACTIVE_LABEL not in text(response)
    assert not Unblinding.objects.exists()


def test_request_is_confirmed_elsewhere_and_then_seen(scene: Emergency, asker: Client) -> None:
    asker.post(scene.ask_url(), scene.answers("own_session"))
    row = Unblinding.objects.get()
    officer = signed_in(scene.officer)
    assert "a second person is needed" in text(officer.get("/"))

    confirmed = officer.post(f"/product/unblinding/{row.pk}/confirm/", {"password": PASSWORD}, follow=True)
    seen = asker.post(f"/product/unblinding/{row.pk}/arm/", {"password": PASSWORD})

    assert "Confirmed: the asker can see the arm now." in text(confirmed)
    assert ACTIVE_LABEL not in text(confirmed)
    assert ACTIVE_LABEL in text(seen)
    assert "no-store" in seen["Cache-Control"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"second_username": "nobody-of-that-name"},
        {"second_password": "not the password"},
        {"second_username": "investigator"},
        {"second_username": "nurse"},
        {"second_username": "", "second_password": ""},
    ],
    ids=["unknown name", "wrong password", "the asker", "without the right", "empty"],
)
def test_wrong_second_person_is_refused_in_one_sentence(
    scene: Emergency, asker: Client, wrong: dict[str, str]
) -> None:
    page = text(asker.post(scene.ask_url(), scene.answers(**wrong)))

    assert "this user name and password do not confirm here" in page
    assert WHY in page
    assert ACTIVE_LABEL not in page
    assert not Unblinding.objects.exists()


@pytest.mark.parametrize("how", ["beside", "own_session", "nobody"])
def test_own_password_is_needed_whatever_the_second_person(scene: Emergency, asker: Client, how: str) -> None:
    page = text(asker.post(scene.ask_url(), scene.answers(how, password="guessed")))

    assert "this is not your password; nothing was done" in page
    assert not Unblinding.objects.exists()


def test_second_persons_password_is_asked_for_only_when_the_rest_is_right(
    scene: Emergency, asker: Client
) -> None:
    asker.post(scene.ask_url(), scene.answers(category="", second_password="guessed"))

    assert not WrongPassword.objects.exists()


def test_guessing_a_second_persons_password_is_slowed_and_keeps_the_form(
    scene: Emergency, asker: Client
) -> None:
    for _attempt in range(10):
        asker.post(scene.ask_url(), scene.answers(second_password="guessed"))
    page = asker.post(scene.ask_url(), scene.answers())

    assert page.status_code == 200
    assert "not checked after too many wrong passwords" in text(page)
    assert WHY in text(page)
    assert WrongPassword.objects.filter(user=scene.second, use="second").count() == 10
    assert ACTIVE_LABEL in text(asker.post(scene.ask_url(), scene.answers("nobody")))


def test_own_wrong_passwords_in_an_emergency_cost_five_seconds_and_are_reported(
    scene: Emergency, asker: Client
) -> None:
    administrator = make_user("administrator", username="head", email="head@site.example")
    for _attempt in range(10):
        assert "this is not your password" in text(
            asker.post(scene.ask_url(), scene.answers(password="slip"))
        )
    page = text(asker.post(scene.ask_url(), scene.answers("nobody")))
    assert "not checked after too many wrong ones" in page
    assert Mail.objects.filter(kind="wrong-passwords", recipient=administrator).count() == 1

    WrongPassword.objects.update(at=F("at") - timedelta(seconds=5))

    assert ACTIVE_LABEL in text(asker.post(scene.ask_url(), scene.answers("nobody")))


def test_others_find_no_page_with_the_arm(scene: Emergency) -> None:
    row = unblind_together(**scene.said(), second=scene.second)

    for other in (scene.second, scene.officer, scene.ward.nurse):
        response = signed_in(other).post(f"/product/unblinding/{row.pk}/arm/", {"password": PASSWORD})
        assert response.status_code == 403
        assert ACTIVE_LABEL not in text(response)
    assert not Clearance.objects.filter(ground="unblinding").exists()


def test_asker_cannot_confirm_on_the_second_persons_page(scene: Emergency, asker: Client) -> None:
    row = ask_unblinding(**scene.said())

    page = text(asker.post(f"/product/unblinding/{row.pk}/confirm/", {"password": PASSWORD}))

    assert "must be somebody else than the asker" in page
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_wrong_password_confirms_nothing(scene: Emergency) -> None:
    row = ask_unblinding(**scene.said())

    page = text(
        signed_in(scene.officer).post(f"/product/unblinding/{row.pk}/confirm/", {"password": "guessed"})
    )

    assert "this is not your password" in page
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_broken_blind_is_seen_by_everybody_and_no_arm(scene: Emergency, asker: Client) -> None:
    asker.post(scene.ask_url(), scene.answers())
    row = Unblinding.objects.get()

    for user in (scene.second, scene.officer, scene.ward.nurse):
        client = signed_in(user)
        pages = [
            text(client.get(f"/trials/participant/{scene.patient.pk}/change/")),
            text(client.get(f"/product/unblinding/{row.pk}/change/")),
            text(client.get("/product/unblinding/")),
            text(client.get(f"/history/product_unblinding/{row.pk}/")),
        ]
        assert "Blind broken in an emergency" in pages[0]
        assert not [page for page in pages if ACTIVE_LABEL in page]


def test_notice_stands_on_the_first_page_until_it_is_read(scene: Emergency) -> None:
    row = unblind_together(**scene.said(), second=scene.second)
    officer = signed_in(scene.officer)
    assert "Blind broken in an emergency" in text(officer.get("/"))

    officer.get(f"/product/unblinding/{row.pk}/change/")

    assert "Blind broken in an emergency" not in text(officer.get("/"))
    assert UnblindingNotice.objects.get(recipient=scene.officer).read_at is not None


def test_notice_is_sent_once_and_names_neither_participant_nor_arm(scene: Emergency) -> None:
    unblind_together(**scene.said(), second=scene.second)

    for notice_id in unsent_notices():
        assert send_notice(notice_id=notice_id, at=timezone.now())
        assert not send_notice(notice_id=notice_id, at=timezone.now())

    (email,) = mail.outbox
    assert email.to == ["officer@sponsor.example"]
    assert email.subject == "STROMA-COV-2: a participant was unblinded"
    said = email.subject + email.body
    assert not [word for word in (ACTIVE_LABEL, "UC_MSC", scene.patient.code, WHY) if word in said]
    assert "/product/unblinding/" in email.body


def test_notice_goes_out_by_its_task_in_the_readers_language(scene: Emergency) -> None:
    scene.officer.language = "fr"
    scene.officer.save()
    unblind_together(**scene.said(), second=scene.second)

    for notice_id in unsent_notices():
        tasks.send_notice(notice_id)
        tasks.send_notice(notice_id)

    (email,) = mail.outbox
    assert email.subject.endswith("l’aveugle d’un participant a été levé")


def test_notice_that_could_not_leave_stays_in_the_outbox(scene: Emergency, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    unblind_together(**scene.said(), second=scene.second)
    (waiting,) = unsent_notices()

    with pytest.raises(OSError, match="refused"):
        send_notice(notice_id=waiting, at=timezone.now())

    assert unsent_notices() == [waiting]


def test_nurses_get_no_email(scene: Emergency) -> None:
    scene.ward.nurse.email = "nurse@site.example"
    scene.ward.nurse.save()

    unblind_together(**scene.said(), second=scene.second)

    assert not UnblindingNotice.objects.filter(recipient=scene.ward.nurse).exists()


def test_list_asks_the_same_number_of_questions_for_one_and_for_many(scene: Emergency) -> None:
    client = signed_in(scene.officer)
    unblind_together(**scene.said(), second=scene.second)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/product/unblinding/")
        counts.append(len(queries))
        for _number in range(5):
            person = make_enrolled(scene.ward.trial, scene.ward.site)
            unblind_together(**scene.said(participant=person), second=scene.second)

    assert counts[0] == counts[1]


def test_api_lists_that_it_happened_and_takes_no_writes(scene: Emergency) -> None:
    unblind_together(**scene.said(), second=scene.second)
    client = signed_in(make_user("auditor", trial=scene.ward.trial))

    (item,) = client.get("/api/v1/unblindings/?disclosed=false").json()["results"]

    assert (item["participant"], item["category"], item["confirmation"]) == ("07-012", "treatment", "beside")
    assert "reason_text" not in item
    assert client.get("/api/v1/unblindings/?disclosed=true").json()["results"] == []
    assert client.get("/api/v1/unblindings/?arm=x").status_code == 400
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(f"/api/v1/unblindings/{item['id']}/").status_code in (403, 405)

"""The outbox of e-mails: each once, in the reader's language; unsent mails stay."""

from datetime import UTC, datetime

import pytest
from django.core import mail as sent
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import tasks
from accounts.models import Mail
from accounts.services import MailText, queue_mails, register_mail, send_mail, unsent_mails
from tests.factories import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)


def render(mail: Mail) -> MailText:
    return MailText(_("Save"), f"See {mail.words['page']}.")


register_mail("test-kind", render)


def queue(**who: object) -> None:
    queue_mails(kind="test-kind", about="page 1", words={"page": "/here/"}, at=AT, **who)


def test_mail_is_sent_once():
    queue(to=[make_user(email="nurse@ward.example")])
    (mail_id,) = unsent_mails()

    assert send_mail(mail_id=mail_id, at=AT)
    assert not send_mail(mail_id=mail_id, at=AT)

    assert [email.to for email in sent.outbox] == [["nurse@ward.example"]]
    assert sent.outbox[0].body == "See /here/."
    assert Mail.objects.get().sent_at == AT


def test_same_mail_queued_twice_is_one_row():
    person = make_user(email="nurse@ward.example")
    queue(to=[person, person.pk])
    queue(to=[person], addresses=["inbox@sponsor.example"])
    queue(addresses=["inbox@sponsor.example"])

    assert Mail.objects.count() == 2


def test_mail_is_written_in_the_language_of_its_reader():
    queue(to=[make_user(email="nurse@ward.example", language="fr")], addresses=["inbox@sponsor.example"])

    for mail_id in unsent_mails():
        tasks.send_mail(mail_id)

    assert [email.subject for email in sent.outbox] == ["Enregistrer", "Save"]


@pytest.mark.parametrize("fields", [{"email": ""}, {"email": "left@ward.example", "is_active": False}])
def test_person_who_cannot_be_reached_gets_no_mail(fields):
    queue(to=[make_user(**fields)])

    assert unsent_mails() == []
    assert Mail.objects.get().sent_at is None


def test_mail_that_could_not_leave_stays_in_the_outbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    queue(addresses=["inbox@sponsor.example"])
    (mail_id,) = unsent_mails()

    with pytest.raises(OSError, match="refused"):
        send_mail(mail_id=mail_id, at=AT)

    assert unsent_mails() == [mail_id]


def test_mail_without_or_with_two_readers_is_refused():
    person = make_user()
    for fields in ({}, {"recipient": person, "address": "inbox@sponsor.example"}):
        with pytest.raises(IntegrityError, match="accounts_mail_to_one"), transaction.atomic():
            Mail.objects.create(kind="test-kind", about="x", created_at=AT, **fields)


def test_kind_has_one_renderer():
    with pytest.raises(ValueError, match="has a renderer already"):
        register_mail("test-kind", lambda mail: MailText("", ""))
    with pytest.raises(ValueError, match="has no renderer"):
        queue_mails(kind="unknown", about="x", at=AT)

"""The texts of mails about accounts. Registered when the app is loaded."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.choices import PasswordUse
from accounts.models import Mail, User
from accounts.services.addresses import ADDRESS_CHANGED
from accounts.services.links import LINK, PASSWORD_SET, link_for
from accounts.services.mails import MailText, register_mail
from accounts.services.tries import WRONG_PASSWORDS


def link_text(mail: Mail) -> MailText:
    """The one-time link.

    It goes to the address of the request; when the account has another one now, there is no link.
    """
    user = User.objects.get(pk=mail.words["user"])
    with translation.override(user.language):
        subject = _("Safety monitor: your link for a password")
        if user.email != mail.address or not user.is_active:
            return MailText(
                subject,
                _("The account has changed since this link was asked for. There is no link any more."),
            )
        body = _(
            "User name: %(name)s\n\n"
            "Choose your password here. The link works once, for %(hours)s hours, and is for you alone:\n%(link)s\n\n"
            "If you did not ask for this link, ignore it: your password stays as it is."
        )
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        return MailText(subject, body % {"name": user.username, "hours": hours, "link": link_for(user)})


def password_set_text(mail: Mail) -> MailText:
    """The mail to a person whose password was changed."""
    assert mail.recipient is not None, "a mail of this kind goes to a person"
    return MailText(
        _("Safety monitor: your password was changed"),
        _(
            "The password of your account %(name)s was changed. Everybody who was signed in with the old one is signed "
            "out.\n\nIf it was not you, call an administrator of the trial now."
        )
        % {"name": mail.recipient.username},
    )


def address_changed_text(mail: Mail) -> MailText:
    """The mail to the old address of an account whose e-mail address was changed."""
    words = {"name": _name(mail.words["user"]), "by": _name(mail.words["by"])}
    return MailText(
        _("Safety monitor: the e-mail address of an account was changed"),
        _(
            "The e-mail address of the account %(name)s was changed by %(by)s.\n\n"
            "Links for a new password now go to the new address. If this was not agreed with the person, call an "
            "administrator of the trial now: for 24 hours nobody but a second administrator can send such a link."
        )
        % words,
    )


def wrong_passwords_text(mail: Mail) -> MailText:
    """The mail on many wrong passwords for one name."""
    known = mail.words["user"]
    words = {
        "name": _name(known) if known else _("a name that has no account"),
        "use": PasswordUse(mail.words["use"]).label,
        "address": mail.words["address"] or "?",
        "link": settings.SITE_URL.rstrip("/") + reverse("admin:accounts_wrongpassword_changelist"),
    }
    return MailText(
        _("Safety monitor: many wrong passwords"),
        _(
            "Wrong passwords were typed again and again.\n\nName: %(name)s\nFor: %(use)s\nLast from: %(address)s\n\n"
            "Nobody is locked out. Devices on which the person never signed in have to wait between two tries; "
            "devices on which they did are not slowed by others.\n\nAdministrators see the tries here:\n%(link)s"
        )
        % words,
    )


def _name(user_id: int) -> str:
    return User.objects.values_list("username", flat=True).get(pk=user_id)


def register() -> None:
    """Called when the app is loaded."""
    register_mail(LINK, link_text)
    register_mail(PASSWORD_SET, password_set_text)
    register_mail(ADDRESS_CHANGED, address_changed_text)
    register_mail(WRONG_PASSWORDS, wrong_passwords_text)

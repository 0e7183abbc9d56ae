"""E-mails of pharmacovigilance: that something is due, with a link.

Without case content and anything of the arm.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mail
from accounts.services import MailText, register_mail

AT_THE_DESK = "case-at-the-desk"
DUE = "obligation-due"


def at_the_desk_mail(mail: Mail) -> MailText:
    """To unblinded reporters: a case was given to them."""
    link = settings.SITE_URL.rstrip("/") + reverse(
        "admin:pharmacovigilance_safetycase_change", args=[mail.words["case"]]
    )
    words = {"trial": mail.words["trial"], "link": link}
    body = _(
        "A safety case of %(trial)s was handed to the unblinded desk, or is due there.\n\n"
        "Open it here after signing in:\n%(link)s\n\n"
        "This message is the same whatever the desk has done so far. It holds no data of any participant."
    )
    return MailText(_("%(trial)s: a safety case at the unblinded desk") % words, body % words)


def due_mail(mail: Mail) -> MailText:
    """To safety officers: something is due or overdue."""
    link = settings.SITE_URL.rstrip("/") + reverse(
        "admin:pharmacovigilance_obligation_change", args=[mail.words["obligation"]]
    )
    words = {"trial": mail.words["trial"], "link": link}
    body = _(
        "A safety report of %(trial)s is due soon, or overdue.\n\n"
        "See what is owed here after signing in:\n%(link)s\n\n"
        "This message holds no data of any participant. Please do not answer it."
    )
    return MailText(_("%(trial)s: a safety report is due") % words, body % words)


register_mail(AT_THE_DESK, at_the_desk_mail)
register_mail(DUE, due_mail)

"""A second arm within the protocol's hours for the same person: two people are notified first (decision 23).

Nothing is stopped: the mails are queued and committed, and the arm is displayed. Never an arm, never a participant.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mail, User
from accounts.queries import user_ids_of_roles
from accounts.services import MailText, queue_mails, register_mail
from audit.choices import standing_reason
from audit.services import attributed, next_version
from partial_dates import local_date
from product.models import Unblinding
from product.rules.unblinding import REPEAT_RECIPIENT_ROLES, repeat_recipients
from trials.models import Participant, ProtocolVersion
from trials.rules.protocol import UnblindingPlan

MAIL = "repeated_unblinding"
TOLD_REASON = standing_reason("Two people are told that the same person is shown a second arm.")


def unblinding_plan_for(participant: Participant, at: datetime) -> UnblindingPlan:
    """The unblinding rules of the protocol in force on that day."""
    today = local_date(at, participant.trial.timezone)
    return ProtocolVersion.objects.protocol_of(trial_id=participant.trial_id, on=today).unblinding


def is_repeat(*, participant: Participant, asker_id: int, at: datetime) -> bool:
    """Whether the requester first saw the arm of another participant of the trial within the protocol's hours.

    Displaying the same arm again does not count: it happens after the arm is known, so a notice of it could hint at the
    arm.
    """
    since = at - timedelta(hours=unblinding_plan_for(participant, at).repeat_hours)
    shown = Unblinding.objects.filter(trial=participant.trial_id, asked_by=asker_id, disclosed_at__gt=since)
    return shown.exclude(participant=participant.pk).exists()


def notify_of_repeat(*, unblinding: Unblinding, by: User, at: datetime) -> None:
    """When this is a second arm for the requester, queue the mails and mark the record.

    Committed at the return.
    """
    with transaction.atomic(durable=True), attributed(by=by, reason=TOLD_REASON, at=at):
        rows = Unblinding.objects.select_for_update(of=("self",)).select_related("participant__trial")
        row = rows.get(pk=unblinding.pk)
        if not is_unreported_repeat(row, at):
            return
        hours = unblinding_plan_for(row.participant, at).repeat_hours
        words = {"trial": row.participant.trial.code, "unblinding": row.pk, "hours": hours}
        queue_mails(kind=MAIL, about=f"unblinding {row.pk}", to=_people(row), words=words, at=at)
        row.repeat_told_at = at
        next_version(row, at=at)
        row.full_clean()
        row.save()


def is_unreported_repeat(row: Unblinding, at: datetime) -> bool:
    """Whether the arm of this record is not displayed yet, is a second one, and is not reported yet."""
    if row.confirmed_at is None or row.disclosed_at is not None or row.repeat_told_at is not None:
        return False
    return is_repeat(participant=row.participant, asker_id=row.asked_by_id, at=at)


def _people(row: Unblinding) -> frozenset[int]:
    """The recipients with an e-mail address, except the requester and the second person."""
    place = {"trial_code": row.participant.trial.code, "site_code": ""}
    roles = [frozenset(user_ids_of_roles([role], **place)) for role in REPEAT_RECIPIENT_ROLES]
    reachable = User.objects.filter(pk__in=frozenset().union(*roles)).exclude(email="")
    others = reachable.exclude(pk__in=[row.asked_by_id, row.confirmed_by_id or 0])
    known = frozenset(others.values_list("pk", flat=True))
    return repeat_recipients([holders & known for holders in roles])


def _mail(mail: Mail) -> MailText:
    page = reverse("admin:product_unblinding_change", args=[mail.words["unblinding"]])
    words = {**mail.words, "link": settings.SITE_URL.rstrip("/") + page}
    subject = _("%(trial)s: the same person is shown a second arm within %(hours)s hours")
    body = _(
        "In %(trial)s somebody who was shown the arm of one participant in an emergency is now shown the arm of "
        "another one, within %(hours)s hours. This message left before the arm was shown; nothing was stopped.\n\n"
        "Read who asked and why, after signing in, and ask that person whether both were needed:\n%(link)s\n\n"
        "This message holds no arm and no participant. Please do not answer it, and do not ask anybody for the arm."
    )
    return MailText(subject % words, body % words)


register_mail(MAIL, _mail)

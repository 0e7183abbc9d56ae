"""Sends the heads of the audit trail by mail: each month, and when a report of the board is ready.

Recipients: all data managers and auditors of the whole trial, and the addresses of the setting `TRAIL_HEADS_ADDRESSES`.
Times: each month on its first day, and within the hour after a listed report is ready; never for a report whose
existence is sealed. The days do not depend on sealed work. The sealed chain's head is different each time, because
reading it is itself an opening, which the chain records.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.choices import ClearanceGround, Role
from accounts.models import Mail, User
from accounts.queries import user_ids_of_roles
from accounts.services import MailText, cleared, queue_mails, system_user
from reports.choices import ReportState
from reports.models import BoardReport
from reports.queries.audit_heads import MAIL_KIND, chain_heads, snapshot_hashes
from reports.rules.kept_heads import Kept, head_lines
from trials.models import Trial

RECIPIENTS = (Role.DATA_MANAGER, Role.AUDITOR)
FEWEST_RECIPIENTS = 2
NO_TRIAL = 0
"""A clearance of it opens the sealed chain that belongs to no trial."""


def queue_head_mails(*, trial: Trial, at: datetime) -> None:
    """Put the due mails of one trial into the outbox; idempotent."""
    people = user_ids_of_roles(RECIPIENTS, trial_code=trial.code, site_code="")
    addresses = settings.TRAIL_HEADS_ADDRESSES
    occasions = list(_occasions(trial, at))
    queued = set(Mail.objects.filter(kind=MAIL_KIND, about__in=occasions).values_list("about", flat=True))
    owed = [about for about in occasions if about not in queued]
    if not owed:
        return
    _warn_if_too_few(trial, people)
    if not people and not addresses:
        return
    lines = _lines(trial, at)
    for about in owed if lines else ():
        words = {"trial": trial.code, "lines": lines}
        queue_mails(kind=MAIL_KIND, about=about, at=at, to=people, addresses=addresses, words=words)


def _warn_if_too_few(trial: Trial, people: Collection[int]) -> None:
    reachable = User.objects.filter(pk__in=people).exclude(email="").count() + len(
        settings.TRAIL_HEADS_ADDRESSES
    )
    if reachable < FEWEST_RECIPIENTS:
        logger = logging.getLogger(__name__)
        logger.warning("trial %s: the heads of its trail reach fewer than two recipients.", trial.pk)


def text_of_heads(mail: Mail) -> MailText:
    """The mail: an explanation, and the lines, which are the same in every language."""
    words = {"trial": mail.words["trial"], "lines": "\n".join(mail.words["lines"])}
    body = _(
        "These are the heads of the audit trail of %(trial)s and the hashes of its finished reports.\n\n"
        "%(lines)s\n\n"
        "Keep this message outside the system, unchanged. With it `manage.py verify_audit --heads FILE` and "
        "`manage.py verify_report --heads FILE` find later whether the trail or a report was replaced as a whole.\n\n"
        "This message holds no data of the trial. Please do not answer it."
    )
    return MailText(_("%(trial)s: heads of the audit trail, to be kept") % words, body % words)


def _occasions(trial: Trial, at: datetime) -> Iterator[str]:
    """The month in the trial's zone, and each report that is ready.

    A change of the zone in a month sends none twice.
    """
    yield f"{trial.code} {at.astimezone(ZoneInfo(trial.timezone)):%Y-%m}"
    ready = BoardReport.objects.filter(trial=trial, state=ReportState.READY)
    for number in ready.order_by("number").values_list("number", flat=True):
        yield f"{trial.code} report {number}"


def _lines(trial: Trial, at: datetime) -> list[str]:
    """The lines of the mail; none before anything of the trial was sealed."""
    said: dict[str, Any] = {
        "ground": ClearanceGround.AUDIT,
        "by": system_user(),
        "purpose": "Send the heads of the trail",
        "at": at,
    }
    with cleared(trial_id=trial.pk, **said):
        heads = chain_heads(trial_id=trial.pk, trial_code=trial.code)
        snapshots = snapshot_hashes(trial_id=trial.pk, trial_code=trial.code)
    with cleared(trial_id=NO_TRIAL, **said):
        of_none = chain_heads(trial_id=None, trial_code=None)
    return head_lines(trial=trial.code, kept=Kept("", (*heads, *of_none), snapshots)) if heads else []

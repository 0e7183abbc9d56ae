"""Reminders. Each is one mail per person, found from the rows."""

from datetime import datetime

from django.db import transaction

from accounts.choices import Role
from accounts.queries import user_ids_of_roles
from accounts.services import queue_mails
from pharmacovigilance.choices import ObligationState
from pharmacovigilance.models import Obligation
from pharmacovigilance.queries.due import unanswered
from pharmacovigilance.rules.obligation_states import OPEN_STATES, reminder_due
from pharmacovigilance.services.mail_texts import AT_THE_DESK, DUE

AT_THE_DESK_STATES = (ObligationState.HANDED, ObligationState.HANDED_LATE)


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Queue the reminders that are due; returns how many obligations had one.

    Queued mails are not queued again.

    The desk is reminded of its obligations until their due time, whatever it has done: a reminder that stopped with the
    report would reveal by its absence that there was one.
    """
    count = 0
    for row in unanswered(at=at):
        state = row.state_at(at)
        rung = reminder_due(day_0_at=row.day_0_at, due_at=row.due_at, at=at)
        if not rung or not (state in OPEN_STATES or _is_at_the_desk(state, rung)):
            continue
        _queue(row, rung, at_desk=state in AT_THE_DESK_STATES, at=at)
        count += 1
    return count


def _is_at_the_desk(state: ObligationState, rung: str) -> bool:
    return state in AT_THE_DESK_STATES and not rung.startswith("late")


def _queue(row: Obligation, rung: str, *, at_desk: bool, at: datetime) -> None:
    role = Role.UNBLINDED_REPORTER if at_desk else Role.PHARMACOVIGILANCE
    people = user_ids_of_roles({role}, trial_code=row.trial.code, site_code="")
    words = {"trial": row.trial.code, "obligation": row.pk, "case": row.case_id}
    kind = AT_THE_DESK if at_desk else DUE
    queue_mails(kind=kind, about=f"obligation {row.pk} {rung}", to=people, words=words, at=at)

"""Due reports to authorities, committees and investigators, on the first pages of safety officer and desk."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from pharmacovigilance.choices import CaseState, ObligationState
from pharmacovigilance.models import Obligation, SafetyCase
from pharmacovigilance.queries.due import unanswered
from pharmacovigilance.rules.obligation_states import OPEN_STATES
from webkit.admin.display import moment
from worklist.pages.items import DUE, OVERDUE, SOON, WAITING, Harm, WorkItem
from worklist.pages.scope import WorklistScope

SHOWN = 60
STATES = {ObligationState.RUNNING: DUE, ObligationState.SOON: SOON, ObligationState.OVERDUE: OVERDUE}
BACK = "?back=/"
HANDED = (ObligationState.HANDED, ObligationState.HANDED_LATE)


def reports_due(user: User, place: WorklistScope) -> Iterator[WorkItem]:
    """Each open obligation, soonest first, and each case to assess or sign."""
    if not user_may(user, Action.MANAGE_CASES, trial_code=place.trial.code):
        return
    rows = unanswered(at=place.at, trial_id=place.trial.pk)
    for row in [row for row in rows if row.state_at(place.at) in OPEN_STATES][:SHOWN]:
        yield _due(row, place)
    cases = SafetyCase.objects.filter(trial=place.trial, state__in=[CaseState.DRAFTED, CaseState.ASSESSED])
    for case in cases.select_related("participant").order_by("changed_at")[:SHOWN]:
        title = _("Case to be assessed") if case.state == CaseState.DRAFTED else _("Case to be signed")
        yield _of_case(case, title, case.worldwide_number)


def cases_at_the_desk(user: User, place: WorklistScope) -> Iterator[WorkItem]:
    """Cases that were given to the desk and are not due yet, whatever was done: the desk's own log is sealed."""
    if not user_may(user, Action.REPORT_UNBLINDED, trial_code=place.trial.code):
        return
    for row in unanswered(at=place.at, trial_id=place.trial.pk):
        if row.state_at(place.at) in HANDED and row.case is not None:
            due = _("due %(moment)s") % {"moment": moment(row.due_at)}
            yield _of_case(row.case, _("Case at the unblinded desk"), f"{row.case} · {due}")


def _due(row: Obligation, place: WorklistScope) -> WorkItem:
    state = row.state_at(place.at)
    where = {"who": row.get_destination_display(), "case": row.case or row.declaration}
    return WorkItem(
        harm=Harm.SERIOUS_CLOCK,
        state=STATES[state],
        when="",
        title=_("Report to %(who)s: %(case)s") % where,
        order=row.due_at,
        participant=row.case.participant.code if row.case else "",
        detail=" · ".join([_("due %(moment)s") % {"moment": moment(row.due_at)}, _(row.rule.label)]),
        action_label=_("View"),
        action_url=_url(row) + BACK,
        is_now=state == ObligationState.OVERDUE,
    )


def _url(row: Obligation) -> str:
    if row.case_id is None:
        return reverse("admin:pharmacovigilance_obligation_change", args=[row.pk])
    return reverse("admin:pharmacovigilance_safetycase_change", args=[row.case_id])


def _of_case(case: SafetyCase, title: str, detail: str) -> WorkItem:
    return WorkItem(
        harm=Harm.SIGNATURE,
        state=WAITING,
        when="",
        title=title,
        order=case.changed_at,
        participant=case.participant.code,
        detail=detail,
        action_label=_("View"),
        action_url=reverse("admin:pharmacovigilance_safetycase_change", args=[case.pk]) + BACK,
    )

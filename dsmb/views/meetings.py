"""Meetings: planned by the chair, and one page for each."""

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from dsmb.choices import Session
from dsmb.forms import PlanForm, answers_of
from dsmb.models import BoardMeeting
from dsmb.queries.meetings import MeetingPage, meeting_page, own_vote
from dsmb.services.closed_session import closed_room
from dsmb.services.meetings import plan_meeting
from dsmb.services.recommending import record_sha256
from dsmb.views.charter import charter_lines
from dsmb.views.meeting_verbs import BY_NAME, VERBS, MeetingVerb
from dsmb.views.minutes import drafted_minutes
from reports.models import BoardReport
from trials.models import Trial
from webkit.admin import problems_of


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def plan(request: HttpRequest, trial_code: str) -> HttpResponseBase:
    """Plan a meeting on reports of the trial."""
    user = cast(User, request.user)
    trial = _trial(user, trial_code, Action.CHAIR_MEETING)
    ready = BoardReport.objects.ready().filter(trial=trial).order_by("-number")
    form = PlanForm(answers_of(request), reports=ready, initial={"reports": request.GET.getlist("report")})
    if request.method == "POST" and form.is_valid():
        planned = _planned(trial, form, user, timezone.now())
        if planned is not None:
            messages.success(request, _("The meeting is planned."))
            return redirect("board:meeting", trial.code, planned.pk)
    context = {
        "title": _("Plan a meeting"),
        "subtitle": trial.code,
        "form": form,
        "problems": problems_of(form),
        "button": _("Plan the meeting"),
        "hint": "",
        "trail": [],
        "back_url": reverse("board:index"),
    }
    return render(request, "dsmb/form_page.html", context)


@require_GET
@login_required
@never_cache
def meeting(request: HttpRequest, trial_code: str, meeting_id: int) -> HttpResponse:
    """One meeting, and what the reader can do now."""
    user = cast(User, request.user)
    trial = _trial(user, trial_code, Action.TAKE_PART_IN_MEETING)
    with closed_room(trial=trial, by=user, action=Action.TAKE_PART_IN_MEETING, at=timezone.now()):
        page = meeting_page(_meeting(trial, meeting_id))
        possible = [verb for verb in VERBS if _allows(verb, page, user)]
        context = {
            "page": page,
            "meeting": page.meeting,
            "verbs": possible,
            "own_vote": own_vote(page, user),
            "charter": charter_lines(page.charter),
            "sessions": _sessions(page),
        }
        return render(request, "dsmb/meeting.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
@sensitive_post_parameters("password")
def verb(request: HttpRequest, trial_code: str, meeting_id: int, verb: str) -> HttpResponseBase:
    """One verb of a meeting: display the form, put a refusal beside its field, or perform it and redirect."""
    user = cast(User, request.user)
    chosen = BY_NAME.get(verb)
    if chosen is None:
        raise Http404
    trial = _trial(user, trial_code, chosen.action)
    at = timezone.now()
    with closed_room(trial=trial, by=user, action=chosen.action, at=at):
        page = meeting_page(_meeting(trial, meeting_id))
        form = chosen.form(
            answers_of(request), page=page, request=request, initial=_initial(chosen, page, user)
        )
    back = reverse("board:meeting", args=[trial.code, page.meeting.pk])
    if not chosen.applies(page, user):
        messages.info(request, _("Not possible now: the meeting is at another step."))
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, chosen.perform(page, form, user, at))
            return redirect(back)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return render(request, "dsmb/form_page.html", _verb_context(chosen, page, form, back))


def _planned(trial: Trial, form: PlanForm, user: User, at: datetime) -> BoardMeeting | None:
    answers = form.cleaned_data
    try:
        return plan_meeting(
            trial=trial,
            reports=list(answers["reports"]),
            planned_at=answers["planned_at"],
            closed_session_planned_at=answers["closed_session_planned_at"],
            guests=answers["guests"],
            agenda=form.agenda(),
            by=user,
            at=at,
            reason=answers["reason"],
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def _verb_context(chosen: MeetingVerb, page: MeetingPage, form: object, back: str) -> dict[str, object]:
    return {
        "title": chosen.title,
        "subtitle": _("%(trial)s, meeting %(number)s")
        % {"trial": page.trial.code, "number": page.meeting.number},
        "form": form,
        "problems": problems_of(form),  # type: ignore[arg-type]
        "button": chosen.button,
        "hint": chosen.hint,
        "trail": [(back, _("Meeting %(number)s") % {"number": page.meeting.number})],
        "back_url": back,
    }


def _initial(chosen: MeetingVerb, page: MeetingPage, user: User) -> dict[str, object]:
    """The initial values of a form: the newest minutes or a draft, the earlier vote, the hash of the text to sign."""
    sessions = {"open-minutes": Session.OPEN, "closed-minutes": Session.CLOSED}
    if session := sessions.get(chosen.name):
        newest = page.newest(session)
        return {"text": newest.text if newest else drafted_minutes(page, session)}
    if chosen.name == "vote" and (vote := own_vote(page, user)):
        return {"choice": vote.choice, "dissent": vote.dissent}
    newest_open, newest_closed = page.newest(Session.OPEN), page.newest(Session.CLOSED)
    if chosen.name == "sign" and newest_open and newest_closed:
        return {"seen_sha256": record_sha256(page.meeting, newest_open, newest_closed)}
    return {}


def _allows(verb: MeetingVerb, page: MeetingPage, user: User) -> bool:
    return user_may(user, verb.action, trial_code=page.trial.code) and verb.applies(page, user)


def _sessions(page: MeetingPage) -> list[dict[str, object]]:
    """Agenda and minutes by session, for the page."""
    return [
        {
            "session": session,
            "items": [item for item in page.agenda if item.session == session],
            "newest": page.newest(session),
            "older": page.minutes[session][1:],
        }
        for session in Session
    ]


def _trial(user: User, code: str, action: Action) -> Trial:
    """The trial, for a person with the permission; others get "not found"."""
    if not user_may(user, action, trial_code=code):
        raise Http404
    return get_object_or_404(Trial, code=code)


def _meeting(trial: Trial, meeting_id: int) -> BoardMeeting:
    return get_object_or_404(BoardMeeting.objects.select_related("trial"), trial=trial, pk=meeting_id)

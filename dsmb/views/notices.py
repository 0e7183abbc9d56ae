"""The published notice of a meeting, its letter, and the sponsor's answer."""

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
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for, user_may
from dsmb.choices import LetterFormat
from dsmb.forms import SponsorAnswerForm, answers_of
from dsmb.models import MeetingNotice
from dsmb.queries.notices import notice_entry, visible_notices
from dsmb.rendering.letter import LANGUAGES, SENTENCES
from dsmb.services.letters import mark_notice_read
from dsmb.services.sponsor_answers import answer_recommendation
from dsmb.views.letters import letter_response
from partial_dates import local_date
from webkit.admin import problems_of


@require_GET
@login_required
@never_cache
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The public facts of a meeting; the reader's message about its letter is marked as read."""
    user = cast(User, request.user)
    row = _notice(user, notice_id)
    at = timezone.now()
    if row.sent_at is not None:
        mark_notice_read(notice=row, by=user, at=at)
    context = {
        "entry": notice_entry(row, today=local_date(at, row.trial.timezone)),
        "notice": row,
        "sentence": SENTENCES[row.recommendation] if row.recommendation else "",  # type: ignore[index]
        "letters": [(language, form) for language in LANGUAGES for form in LetterFormat],
        "may_answer": _may_answer(user, row),
    }
    return render(request, "dsmb/notice.html", context)


@require_GET
@login_required
@never_cache
def letter(request: HttpRequest, notice_id: int, language: str, letter_format: str) -> HttpResponse:
    """The archived open letter."""
    if language not in LANGUAGES or letter_format not in LetterFormat.values:
        raise Http404
    user = cast(User, request.user)
    row = _notice(user, notice_id)
    return letter_response(row, language, LetterFormat(letter_format), user=user, at=timezone.now())


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def answer(request: HttpRequest, notice_id: int) -> HttpResponseBase:
    """The form of the sponsor's answer."""
    user = cast(User, request.user)
    row = _notice(user, notice_id)
    if not _may_answer(user, row):
        raise Http404
    form = SponsorAnswerForm(answers_of(request))
    back = reverse("board:notice", args=[row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            answer_recommendation(notice=row, by=user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your answer is recorded, and the board sees it."))
            return redirect(back)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {
        "title": _("Answer the recommendation"),
        "subtitle": f"{row.trial.code} · {row.get_recommendation_display()}",
        "form": form,
        "problems": problems_of(form),
        "button": _("Answer"),
        "hint": _("Everybody who reads open reports can read your answer."),
        "trail": [(back, _("Recommendation"))],
        "back_url": back,
    }
    return render(request, "dsmb/form_page.html", context)


def _notice(user: User, notice_id: int) -> MeetingNotice:
    """A notice of a trial whose reports the reader may open; any other gives "not found"."""
    codes = trial_codes_for(user, Action.VIEW_OPEN_REPORT)
    return get_object_or_404(visible_notices(codes), pk=notice_id)


def _may_answer(user: User, notice: MeetingNotice) -> bool:
    return notice.sent_at is not None and user_may(
        user, Action.ANSWER_RECOMMENDATION, trial_code=notice.trial.code
    )

"""Members' comments on a report."""

from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for
from dsmb.forms import CommentForm, TakeBackCommentForm, answers_of, report_label
from dsmb.models import BoardComment
from dsmb.queries.discussion import Thread, sections_of, threads_of
from dsmb.services.closed_session import closed_room
from dsmb.services.comments import void_comment, write_comment
from reports.models import BoardReport
from webkit.admin import problems_of

TAKE_PART = Action.TAKE_PART_IN_MEETING


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def comments(request: HttpRequest, report_id: int) -> HttpResponseBase:
    """The comments on a report, and a form for a new one (`?reply_to=`: an answer, `?about=`: on that table)."""
    user = cast(User, request.user)
    report = _report(user, report_id)
    at = timezone.now()
    with closed_room(trial=report.trial, by=user, action=TAKE_PART, at=at):
        sections = sections_of(report)
        threads = threads_of(report, sections)
    answered = _answered(threads, request.GET.get("reply_to", ""))
    about = request.GET.get("about", "")
    form = CommentForm(answers_of(request), sections=sections, initial={"section": about})
    if answered is not None:
        del form.fields["section"]
    if request.method == "POST" and form.is_valid():
        write_comment(
            report=report,
            section=form.cleaned_data.get("section", ""),
            reply_to=answered,
            text=form.cleaned_data["text"],
            by=user,
            at=at,
        )
        messages.success(request, _("Your comment is kept. Only members of the board see it."))
        return redirect("board:comments", report.pk)
    context = {
        "report": report,
        "report_label": report_label(report),
        "threads": threads,
        "answered": answered,
        "form": form,
        "problems": problems_of(form),
    }
    return render(request, "dsmb/comments.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def take_back_comment(request: HttpRequest, report_id: int, comment_id: int) -> HttpResponseBase:
    """Void one's own comment, with a reason."""
    user = cast(User, request.user)
    report = _report(user, report_id)
    at = timezone.now()
    with closed_room(trial=report.trial, by=user, action=TAKE_PART, at=at):
        rows = BoardComment.objects.select_related("trial").filter(report=report, author=user)
        comment = get_object_or_404(rows, pk=comment_id)
    form = TakeBackCommentForm(answers_of(request))
    back = reverse("board:comments", args=[report.pk])
    if request.method == "POST" and form.is_valid():
        try:
            void_comment(comment=comment, by=user, at=at, reason=form.cleaned_data["reason"])
            messages.success(request, _("Taken back. It stays readable, struck through, with your reason."))
            return redirect(back)
        except PermissionDenied as error:
            raise Http404 from error
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {
        "title": _("Take the comment back"),
        "subtitle": comment.text,
        "form": form,
        "problems": problems_of(form),
        "button": _("Take it back"),
        "hint": "",
        "trail": [(back, _("Comments"))],
        "back_url": back,
    }
    return render(request, "dsmb/form_page.html", context)


def _report(user: User, report_id: int) -> BoardReport:
    rows = BoardReport.objects.select_related("trial").filter(
        trial__code__in=trial_codes_for(user, TAKE_PART)
    )
    return get_object_or_404(rows, pk=report_id)


def _answered(threads: Sequence[Thread], wanted: str) -> BoardComment | None:
    """The comment that is answered; the id of another report's comment gives "not found"."""
    if not wanted:
        return None
    found = [one.comment for one in threads if str(one.comment.pk) == wanted]
    if not found:
        raise Http404
    return found[0]

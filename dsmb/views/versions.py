"""A new version of a report after a correction of its data; another attempt at a failed one."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for
from dsmb.views.alert_forms import AlertReasonForm
from reports.models import BoardReport
from reports.services.correcting import create_corrected_report
from reports.services.failing import retry_report
from webkit.admin import problems_of


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def correct(request: HttpRequest, report_id: int) -> HttpResponse:
    """Request the next version of a report, with a reason."""
    user = cast(User, request.user)
    report = _report(user, report_id, Action.CORRECT_REPORT)
    form = AlertReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, report, user, form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {
        "form": form,
        "title": _("New version of the report"),
        "hint": _(
            "The same data cut-off and participants, with the corrections made up to now. The first table of the new "
            "version lists what changed; the version before stays as it is."
        ),
        "button": _("Make the new version"),
        "back_url": reverse("board:report", args=[report.pk]),
        "problems": problems_of(form),
    }
    return render(request, "dsmb/form_page.html", context, status=400 if form.errors else 200)


def _asked(request: HttpRequest, report: BoardReport, user: User, reason: str) -> HttpResponse:
    corrected = create_corrected_report(report=report, by=user, at=timezone.now(), reason=reason)
    messages.success(request, _("The new version is being made; it takes a minute or two."))
    return redirect("board:report", corrected.pk)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def retry(request: HttpRequest, report_id: int) -> HttpResponse:
    """Request another attempt at a failed report, with the reason why it should succeed now."""
    user = cast(User, request.user)
    report = _report(user, report_id, Action.RETRY_REPORT)
    form = AlertReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            retry_report(report=report, by=user, at=timezone.now(), reason=form.cleaned_data["reason"])
            messages.success(request, _("The report is being made again; it takes a minute or two."))
            return redirect("board:report", report.pk)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {
        "form": form,
        "title": _("Make the report again"),
        "hint": _("It is tried three times more. What was frozen stays frozen; what was not is frozen now."),
        "button": _("Try again"),
        "back_url": reverse("board:report", args=[report.pk]),
        "problems": problems_of(form),
    }
    return render(request, "dsmb/form_page.html", context, status=400 if form.errors else 200)


def _report(user: User, report_id: int, action: Action) -> BoardReport:
    codes = trial_codes_for(user, action)
    if not codes:
        raise Http404
    return get_object_or_404(
        BoardReport.objects.select_related("trial").filter(trial__code__in=codes), pk=report_id
    )

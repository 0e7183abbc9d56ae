"""Ad hoc reports for the board only: requested, read, shared with every member."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from dsmb.views.access import trial_for
from dsmb.views.alert_forms import AlertReasonForm
from reports.choices import ReportFormat
from reports.downloads import bytes_response
from reports.models import SealedReport, SealedReportDocument
from reports.queries.sealed_reports import sealed_report_of, sealed_reports_for
from reports.services.clearances import reading
from reports.services.sealed_reports import open_sealed_document, request_sealed_report, share_sealed_report
from trials.models import Trial
from webkit.admin.base import problems_of


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def sealed_reports(request: HttpRequest, trial_code: str) -> HttpResponse:
    """The ad hoc reports that the reader may read; the chair and the statistician can request another."""
    user, trial = trial_for(request, trial_code, Action.VIEW_CLOSED_REPORT)
    form = AlertReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _asked(request, trial, form)
    sees_all = user_may(user, Action.VIEW_ALERTS, trial_code=trial.code)
    with reading(trial, user, timezone.now()):
        reports = sealed_reports_for(trial=trial, shared_only=not sees_all)
    may_ask = user_may(user, Action.MAKE_REPORT, trial_code=trial.code)
    context = {
        "reports": reports, "trial": trial, "form": form if may_ask else None, "title": _("Ad hoc reports"),
        "problems": problems_of(form),
    }  # fmt: skip
    return render(request, "dsmb/sealed_reports.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def sealed_report(request: HttpRequest, trial_code: str, sealed_id: int) -> HttpResponse:
    """One ad hoc report: its documents; the chair shares it with every member of the board."""
    user, trial = trial_for(request, trial_code, Action.VIEW_CLOSED_REPORT)
    form = AlertReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _shared(request, trial, sealed_id, form)
    sees_all = user_may(user, Action.VIEW_ALERTS, trial_code=trial.code)
    try:
        with reading(trial, user, timezone.now()):
            report = sealed_report_of(trial=trial, sealed_id=sealed_id, shared_only=not sees_all)
    except SealedReport.DoesNotExist as error:
        raise Http404 from error
    may_share = user_may(user, Action.CHAIR_MEETING, trial_code=trial.code) and report.shared_at is None
    context = {
        "report": report, "trial": trial, "formats": list(ReportFormat), "form": form if may_share else None,
        "title": _("Ad hoc report"),
        "problems": problems_of(form),
    }  # fmt: skip
    return render(request, "dsmb/sealed_report.html", context, status=400 if form.errors else 200)


@require_GET
@login_required
@never_cache
def sealed_file(request: HttpRequest, trial_code: str, sealed_id: int, report_format: str) -> HttpResponse:
    """The archived closed document. Opening it is logged as a clearance."""
    user, trial = trial_for(request, trial_code, Action.VIEW_CLOSED_REPORT)
    if report_format not in ReportFormat.values:
        raise Http404
    wanted = ReportFormat(report_format)
    try:
        content = open_sealed_document(
            report_id=sealed_id, trial=trial, report_format=wanted, by=user, at=timezone.now()
        )
    except SealedReportDocument.DoesNotExist as error:
        raise Http404(_("The report is not ready yet.")) from error
    return bytes_response(content, wanted, f"{trial.code}-ad-hoc-{sealed_id}-closed.{wanted.value}")


def _asked(request: HttpRequest, trial: Trial, form: AlertReasonForm) -> HttpResponse:
    user = cast(User, request.user)
    try:
        report = request_sealed_report(
            trial=trial, by=user, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
    except PermissionDenied as error:
        raise Http404 from error
    messages.success(request, _("The report is being made; it takes a minute or two."))
    return redirect("board:sealed_report", trial.code, report.pk)


def _shared(request: HttpRequest, trial: Trial, sealed_id: int, form: AlertReasonForm) -> HttpResponse:
    user, reason = cast(User, request.user), form.cleaned_data["reason"]
    try:
        share_sealed_report(report_id=sealed_id, trial=trial, by=user, at=timezone.now(), reason=reason)
    except (PermissionDenied, SealedReport.DoesNotExist) as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("board:sealed_report", trial.code, sealed_id)
    messages.success(request, _("Every member of the board may read the report now."))
    return redirect("board:sealed_report", trial.code, sealed_id)

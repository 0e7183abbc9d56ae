"""The boundaries' page: the state of every coded arm, the alerts so far, and the board's answers."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for, user_may
from dsmb.views.access import trial_for
from dsmb.views.alert_forms import AlertAnswerForm
from reports.models import BoundaryState
from reports.services.alert_answers import answer_alert
from reports.services.clearances import reading
from trials.models import Trial
from webkit.admin.base import problems_of


@require_GET
@login_required
@never_cache
def alerts(request: HttpRequest) -> HttpResponse:
    """The boundaries and alerts of every trial for which the reader may see alerts."""
    user, at = cast(User, request.user), timezone.now()
    # Imported here: scipy, which designs a boundary, would cost every process of the site a second and 60 MB.
    from reports.queries.alerts import boundary_board  # noqa: PLC0415

    codes = trial_codes_for(user, Action.VIEW_ALERTS)
    if not codes:
        raise Http404
    boards = []
    for trial in Trial.objects.filter(code__in=codes).order_by("code"):
        with reading(trial, user, at):
            boards.append(boundary_board(trial=trial, at=at))
    return render(request, "dsmb/alerts.html", {"boards": boards, "title": _("Safety boundaries")})


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def alert(request: HttpRequest, trial_code: str, alert_id: int) -> HttpResponse:
    """One alert with the board's answers; the chair records the next one."""
    user, trial = trial_for(request, trial_code, Action.VIEW_ALERTS)
    # Here and not above, as in `alerts`.
    from reports.queries.alerts import alert_page  # noqa: PLC0415

    form = AlertAnswerForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            return _answered(request, trial, alert_id, form)
        with reading(trial, user, timezone.now()):
            page = alert_page(trial=trial, alert_id=alert_id)
    except BoundaryState.DoesNotExist as error:
        raise Http404 from error
    may_answer = user_may(user, Action.CHAIR_MEETING, trial_code=trial.code)
    context = {
        "page": page,
        "trial": trial,
        "form": form if may_answer else None,
        "title": page.label,
        "problems": problems_of(form),
    }
    return render(request, "dsmb/alert.html", context, status=400 if form.errors else 200)


def _answered(request: HttpRequest, trial: Trial, alert_id: int, form: AlertAnswerForm) -> HttpResponse:
    user = cast(User, request.user)
    try:
        answer_alert(alert_id=alert_id, trial=trial, by=user, at=timezone.now(), **form.cleaned_data)
    except PermissionDenied as error:
        raise Http404 from error
    messages.success(request, _("The answer is recorded beside the alert. Nothing else follows by itself."))
    return redirect("board:alert", trial.code, alert_id)

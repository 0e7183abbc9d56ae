"""Files of the blinded side: CIOMS I and the preview of the message of a version, and the aggregate reports."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for, user_may
from pharmacovigilance.choices import MessageProfile
from pharmacovigilance.downloads.aggregate import dsur_listing, susar_listing
from pharmacovigilance.downloads.cioms import cioms_form
from pharmacovigilance.models import SafetyCase
from pharmacovigilance.rendering.cioms import cioms_pdf
from pharmacovigilance.rendering.listings import Listing, listing_csv, listing_pdf
from pharmacovigilance.services.messages import message_of_version, signed_version
from trials.models import Trial
from webkit.admin.requests import person_of

PREFIX = "pharmacovigilance_safetycase"
YEAR = timedelta(days=365)


class IntervalForm(forms.Form):
    """The days of an aggregate report: after the first, up to the end of the last, in the trial's zone."""

    start = forms.DateField(
        label=_lazy("After"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    end = forms.DateField(
        label=_lazy("Up to"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("start") and found.get("end") and found["end"] <= found["start"]:
            raise ValidationError({"end": _("Up to: a day after the first one.")})
        return found


def interval_of(request: HttpRequest, trial: Trial, at: datetime) -> tuple[datetime, datetime]:
    """The interval asked for, else the year up to now. Raises ValidationError."""
    form = IntervalForm(request.GET)
    if not form.is_valid():
        raise ValidationError(
            [f"{name}: {error}" for name, errors in form.errors.items() for error in errors]
        )
    zone = ZoneInfo(trial.timezone)
    last, first = form.cleaned_data["end"], form.cleaned_data["start"]
    end = datetime.combine(last, time.max, zone).astimezone(UTC) if last else at
    start = datetime.combine(first, time.max, zone).astimezone(UTC) if first else end - YEAR
    return start, end


def case_file_urls(page: Any) -> list[URLPattern]:
    """The addresses that the page of cases adds."""

    def guarded(address: str, name: str, view: Callable[..., HttpResponse]) -> URLPattern:
        found: URLPattern = path(address, page.admin_site.admin_view(view), name=f"{PREFIX}_{name}")
        return found

    def of_case(name: str, view: Callable[..., HttpResponse]) -> URLPattern:
        return guarded(f"<int:pk>/{name}/", name, _with_case(page, view))

    def of_trial(address: str, name: str, view: Callable[..., HttpResponse]) -> URLPattern:
        return guarded(address, name, _with_trial(page, view))

    return [
        of_case("cioms", _cioms),
        of_case("icsr", _icsr),
        of_trial("aggregate/", "aggregate", _aggregate),
        of_trial("tabulations.csv", "tabulations_csv", _file(_dsur, "csv")),
        of_trial("tabulations.pdf", "tabulations_pdf", _file(_dsur, "pdf")),
        of_trial("susars.csv", "susars_csv", _file(_susars, "csv")),
        of_trial("susars.pdf", "susars_pdf", _file(_susars, "pdf")),
    ]


def _with_case(page: Any, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def found(request: HttpRequest, pk: int) -> HttpResponse:
        case = page.get_object(request, str(pk))
        if case is None or not page.has_view_permission(request, case):
            raise Http404
        return view(request, case)

    return found


def _with_trial(page: Any, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def found(request: HttpRequest) -> HttpResponse:
        codes = trial_codes_for(person_of(request), Action.VIEW_CASES)
        wished = request.GET.get("trial", "")
        trial = Trial.objects.filter(code__in=codes & {wished} if wished else codes).order_by("code").first()
        if trial is None:
            raise PermissionDenied
        return view(page, request, trial)

    return found


def _cioms(_request: HttpRequest, case: SafetyCase) -> HttpResponse:
    """The form of the last signed version, blinded; 404 while none is signed."""
    version = case.versions.order_by("-number").first()
    if version is None:
        raise Http404
    content = cioms_pdf(cioms_form(case=case, version=version, at=timezone.now()))
    return attachment(content, "application/pdf", f"cioms-{case.worldwide_number}-{version.number}.pdf")


def _icsr(request: HttpRequest, case: SafetyCase) -> HttpResponse:
    """The message of the last signed version without the arm, to be read before it is released.

    Or the rules it breaks.
    """
    place = {"trial_code": case.trial.code, "site_code": case.participant.site.code}
    if not user_may(person_of(request), Action.MANAGE_CASES, **place):
        raise PermissionDenied
    profile = request.GET.get("profile", MessageProfile.ICH)
    if profile not in MessageProfile.values or not case.last_version:
        raise Http404
    try:
        version = signed_version(case, None)
        message = message_of_version(case=case, version=version, profile=profile, at=timezone.now())
    except ValidationError as refusal:
        return HttpResponse("\n".join(refusal.messages), content_type="text/plain; charset=utf-8", status=409)
    return attachment(
        message.content, "application/xml", f"{case.worldwide_number}-{version.number}-{profile}.xml"
    )


def _aggregate(page: Any, request: HttpRequest, trial: Trial) -> HttpResponse:
    """The interval, and the files."""
    form = IntervalForm(request.GET or None)
    context = {
        **page.admin_site.each_context(request),
        "title": _("Aggregate reports"),
        "subtitle": trial.code,
        "opts": page.opts,
        "trial": trial,
        "form": form,
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "admin/pharmacovigilance/safetycase/aggregate.html", context)


def _dsur(request: HttpRequest, trial: Trial, at: datetime) -> Listing:
    start, end = interval_of(request, trial, at)
    sites = site_codes_for(person_of(request), Action.VIEW_CASES, trial_code=trial.code)
    return dsur_listing(trial=trial, sites=sites, start=start, end=end, at=at)


def _susars(request: HttpRequest, trial: Trial, at: datetime) -> Listing:
    start, end = interval_of(request, trial, at)
    sites = site_codes_for(person_of(request), Action.VIEW_CASES, trial_code=trial.code)
    return susar_listing(trial=trial, sites=sites, start=start, end=end, at=at)


def _file(make: Callable[[HttpRequest, Trial, datetime], Listing], form: str) -> Callable[..., HttpResponse]:
    def view(_page: Any, request: HttpRequest, trial: Trial) -> HttpResponse:
        try:
            listing = make(request, trial, timezone.now())
        except ValidationError as refusal:
            return HttpResponse(
                "\n".join(refusal.messages), content_type="text/plain; charset=utf-8", status=400
            )
        return listing_file(listing, form, f"{make.__name__.strip('_')}-{trial.code}")

    return view


def listing_file(listing: Listing, form: str, name: str) -> HttpResponse:
    """The listing as a file."""
    if form == "csv":
        return attachment(listing_csv(listing), "text/csv; charset=utf-8", f"{name}.csv")
    return attachment(listing_pdf(listing), "application/pdf", f"{name}.pdf")


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    """An answer that a browser keeps as a file."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

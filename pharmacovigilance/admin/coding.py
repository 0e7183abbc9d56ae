"""Coding in MedDRA: uncoded records, one record with its search, the trial's version, and the sheet to print."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from pharmacovigilance.admin.case_files import listing_file
from pharmacovigilance.admin.case_page import reason_words
from pharmacovigilance.admin.coding_parts import (
    DecisionForm,
    PinForm,
    coding_line_shown,
    field_of_subject,
    meddra_hits,
    next_to_code,
)
from pharmacovigilance.downloads.coding_sheets import coding_sheet
from pharmacovigilance.models import MeddraVersion, TermCoding
from pharmacovigilance.queries.coding import (
    MODEL_OF,
    coding_line_of,
    coding_lines,
    first_lines,
    pinned_version,
    recoding_report,
)
from pharmacovigilance.services import coding
from trials.models import Trial
from webkit.admin import RoleScopedAdmin
from webkit.admin.base import problems_of
from webkit.admin.display import moment
from webkit.admin.requests import attribution, person_of

ID_DIGITS = 17
"""Digits of the largest row number that is looked up: every such number fits in eight bytes."""


@admin.register(TermCoding)
class TermCodingAdmin(RoleScopedAdmin):
    """The decisions, newest first; the other pages make them."""

    view_action = Action.VIEW_CASES
    site_path = "participant__site"
    change_list_template = "admin/pharmacovigilance/termcoding/change_list.html"
    list_display = (
        "words",
        "participant",
        "subject",
        "term_shown",
        "meddra",
        "how",
        "coded_by",
        "coded_shown",
    )
    list_filter = ("subject", "how")
    list_select_related = ("trial", "participant__site", "meddra", "coded_by")
    search_fields = ("words", "llt_name", "llt_code")
    search_help_text = _lazy("Words, term or code")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "participant", "subject", "words", "term_shown", "meddra", "how", "coded_by", "coded_shown", "reason",
    )  # fmt: skip

    def name_of(self, obj: TermCoding) -> str:
        return obj.words

    @admin.display(description=_lazy("Term"))
    def term_shown(self, obj: TermCoding) -> str:
        return f"{obj.llt_name} ({obj.llt_code})" if obj.llt_code else _("taken back")

    @admin.display(description=_lazy("Coded at"))
    def coded_shown(self, obj: TermCoding) -> str:
        return moment(obj.coded_at)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        ours = [
            path("desk/", view(self.desk_view), name="pharmacovigilance_termcoding_desk"),
            path("decide/", view(self.decide_view), name="pharmacovigilance_termcoding_decide"),
            path("meddra/", view(self.pin_view), name="pharmacovigilance_termcoding_pin"),
            path("sheet.csv", view(self.csv_view), name="pharmacovigilance_termcoding_sheet_csv"),
            path("sheet.pdf", view(self.pdf_view), name="pharmacovigilance_termcoding_sheet_pdf"),
        ]
        return [*ours, *super().get_urls()]

    # What is to be coded -----------------------------------------------------

    def desk_view(self, request: HttpRequest) -> HttpResponse:
        """Uncoded records first. Posting it codes all records with the same words as one term."""
        trial = self._trial(request, Action.VIEW_CASES)
        may_code = trial.code in trial_codes_for(person_of(request), Action.MANAGE_CASES)
        form = forms.Form(request.POST or None)
        if request.method == "POST":
            if not may_code:
                raise PermissionDenied
            if answer := self._coded(request, trial, form):
                return answer
        version = pinned_version(trial.pk)
        lines, more = first_lines(
            coding_lines(trial, version=version, sites=self._sites(request, trial, Action.VIEW_CASES))
        )
        context = {
            "lines": [coding_line_shown(line) for line in lines],
            "more": more,
            "version": version,
            "may_code": may_code,
        }
        return self._page(request, "desk", _("Coding"), trial, form, **context)

    def _coded(self, request: HttpRequest, trial: Trial, form: BaseForm) -> HttpResponse | None:
        try:
            count = coding.code_exact_words(trial=trial, by=person_of(request), at=timezone.now())
        except ValidationError as refusal:
            form.full_clean()
            form.add_error(None, refusal)
            return None
        self.message_user(
            request, _("Coded: %(count)d records with the words of one term.") % {"count": count}
        )
        return HttpResponseRedirect(self._desk_url(trial))

    # One record --------------------------------------------------------------

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """One record with its words, its decision, and the terms that the search finds."""
        trial = self._trial(request, Action.MANAGE_CASES)
        subject, record = self._record(request, trial)
        line = coding_line_of(subject, record, version=pinned_version(trial.pk))
        form = DecisionForm(request.POST or None, initial={"seen_words": line.words})
        if (
            request.method == "POST"
            and form.is_valid()
            and self._decided(request, trial, subject, record, form)
        ):
            return HttpResponseRedirect(self._desk_url(trial))
        wanted = request.GET.get("q", line.words)[:250]
        context: dict[str, Any] = {
            "line": coding_line_shown(line),
            "wanted": wanted,
            "found": meddra_hits(trial, wanted),
            "subject": subject,
        }
        context["history"] = (
            TermCoding.objects.filter(trial=trial, subject=subject, **{field_of_subject(subject): record})
            .select_related("meddra", "coded_by")
            .order_by("-pk")
        )
        return self._page(request, "decide", _("Code a term"), trial, form, **context)

    def _decided(
        self, request: HttpRequest, trial: Trial, subject: str, record: Any, form: DecisionForm
    ) -> bool:
        said = {name: form.cleaned_data[name] for name in ("llt_code", "seen_words")}
        why = attribution(request, reason=form.cleaned_data["reason"])
        try:
            coding.code_term(trial=trial, subject=subject, record_id=record.pk, **said, **why)
        except ValidationError as refusal:
            form.add_error(None, "\n".join(refusal.messages))
            return False
        self.message_user(request, _("Kept: the decision and its reason."))
        return True

    def _record(self, request: HttpRequest, trial: Trial) -> tuple[str, Any]:
        subject, number = request.GET.get("subject", "event"), request.GET.get("record", "")
        model = MODEL_OF.get(subject)  # type: ignore[call-overload]
        rows = model.objects.filter(trial=trial).select_related("participant__site") if model else None
        if rows is None:
            raise Http404
        sites = self._sites(request, trial, Action.MANAGE_CASES)
        if not number:
            return next_to_code(trial, sites)
        rows = rows if sites is None else rows.filter(participant__site__code__in=sorted(sites))
        record = (
            rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) <= ID_DIGITS else None
        )
        if record is None:
            raise Http404
        return subject, record

    # The version ---------------------------------------------------------------

    def pin_view(self, request: HttpRequest) -> HttpResponse:
        """The loaded versions, and the effect of a change to one of them on the codes in use."""
        trial = self._trial(request, Action.MANAGE_RSI)
        present = pinned_version(trial.pk)
        form = PinForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._pinned(request, trial, form):
            return HttpResponseRedirect(self._desk_url(trial))
        number = request.GET.get("compare", "")
        other = (
            MeddraVersion.objects.filter(pk=int(number)).first()
            if number.isdecimal() and len(number) <= ID_DIGITS
            else None
        )
        context: dict[str, Any] = {
            "present": present,
            "other": other,
            "versions": MeddraVersion.objects.order_by("pk"),
        }
        if present and other:
            needs = recoding_report(trial, old=present, new=other)
            context["needs"] = [(need, [reason_words(reason) for reason in need.reasons]) for need in needs]
        return self._page(request, "pin", _("MedDRA version"), trial, form, **context)

    def _pinned(self, request: HttpRequest, trial: Trial, form: PinForm) -> bool:
        why = attribution(request, reason=form.cleaned_data["reason"])
        try:
            carried = coding.pin_meddra(trial=trial, version=form.cleaned_data["version"], **why)
        except ValidationError as refusal:
            form.add_error(None, "\n".join(refusal.messages))
            return False
        said = _("Chosen. %(count)d codes mean the same and were carried over; the others wait for a coder.")
        self.message_user(request, said % {"count": carried})
        return True

    # The sheet -----------------------------------------------------------------

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """The uncoded records, as a table to be filled in."""
        return listing_file(self._sheet(request), "csv", "coding-sheet")

    def pdf_view(self, request: HttpRequest) -> HttpResponse:
        """The same on paper."""
        return listing_file(self._sheet(request), "pdf", "coding-sheet")

    def _sheet(self, request: HttpRequest) -> Any:
        trial = self._trial(request, Action.VIEW_CASES)
        sites = self._sites(request, trial, Action.VIEW_CASES)
        return coding_sheet(trial, sites=sites, at=timezone.now())

    # Common parts of the pages

    def _trial(self, request: HttpRequest, action: Action) -> Trial:
        """The requested trial, else the first in which the account may do this; 403 when there is none."""
        codes = trial_codes_for(person_of(request), action)
        wished = request.GET.get("trial", "")
        found = Trial.objects.filter(code__in=codes & {wished} if wished else codes).order_by("code").first()
        if found is None:
            raise PermissionDenied
        return found

    def _sites(self, request: HttpRequest, trial: Trial, action: Action) -> frozenset[str] | None:
        return site_codes_for(person_of(request), action, trial_code=trial.code)

    def _desk_url(self, trial: Trial) -> str:
        return f"{reverse('admin:pharmacovigilance_termcoding_desk')}?trial={trial.code}"

    def _page(
        self, request: HttpRequest, template: str, title: str, trial: Trial, form: BaseForm, **context: Any
    ) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": trial.code,
            "opts": self.opts,
            "trial": trial,
            "form": form,
            "problems": problems_of(form),
            "desk_url": self._desk_url(trial),
            "may_choose": trial.code in trial_codes_for(person_of(request), Action.MANAGE_RSI),
        }
        return TemplateResponse(
            request, f"admin/pharmacovigilance/termcoding/{template}.html", shared | context
        )

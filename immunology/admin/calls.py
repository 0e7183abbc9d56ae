"""Calls as unblinded people see them: the list with its readings, the reading of one, and the pictures. Sealed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import user_may
from accounts.services import own_password_refusal
from immunology import services
from immunology.admin.sealed_pages import LinkedCell, SealedPages, plain_part, refused_on
from immunology.choices import ReaderPart
from immunology.models import DsaFinding
from immunology.queries.pictures import (
    antibody_moments_of,
    antigen_cells,
    donors_judged,
    inputs_of_participant,
    ladders_of,
    paired_targets_of,
)
from immunology.queries.readings import CallToRead, calls_to_read
from immunology.rendering.antigen_map import draw_antigen_map
from immunology.rendering.course import draw_antibody_course
from immunology.rendering.pictures import SealedPicture
from immunology.rendering.slopes import draw_paired_slopes
from immunology.rules.codes import Code
from immunology.rules.reading_states import ReadingState
from partial_dates import local_date
from trials.models import Participant, Trial
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution, person_of

STATES = {
    ReadingState.NOT_NEEDED: _lazy("· No reading needed"),
    ReadingState.UNREAD: _lazy("○ Not read yet"),
    ReadingState.READ_ANEW: _lazy("↻ Changed since it was read: read it anew"),
    ReadingState.READ_ONCE: _lazy("◐ Read by one person"),
    ReadingState.AGREED: _lazy("● Two readers agree"),
    ReadingState.DISAGREED: _lazy("≠ Two readers differ: an adjudicator decides"),
    ReadingState.ADJUDICATED: _lazy("■ Adjudicated"),
}
"""The states in words, each with a sign of its own."""


class CallReadingForm(NamedRefusals, forms.Form):
    """A reader's verdict and signature under what is shown."""

    verdict = forms.ChoiceField(
        label=_lazy("Your class"), choices=[(code.value, code.value) for code in Code]
    )
    comment = forms.CharField(
        label=_lazy("Comment"),
        required=False,
        max_length=1000,
        help_text=_lazy("Needed when your class is another one than that of the rules."),
        widget=forms.TextInput(attrs={"class": "long"}),
    )
    part = forms.ChoiceField(
        label=_lazy("You read as"),
        choices=ReaderPart.choices,
        initial=ReaderPart.READER,
        widget=forms.RadioSelect,
    )
    seen_sha256 = forms.CharField(widget=forms.HiddenInput)
    password = forms.CharField(
        label=_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "medium"}),
    )


class CallPages(SealedPages):
    """The pages of calls beside their list."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        ours = [
            path("calls/", view(self.calls_view), name="immunology_dsafinding_calls"),
            path("map/", view(self.map_view), name="immunology_dsafinding_map"),
            path("<int:pk>/read/", view(self.read_view), name="immunology_dsafinding_read"),
            path("<int:pk>/pictures/", view(self.pictures_view), name="immunology_dsafinding_pictures"),
        ]
        return [*ours, *super().get_urls()]

    def calls_view(self, request: HttpRequest) -> HttpResponse:
        """Every call with the state of its readings."""
        trial = self.require_action(request, Action.VIEW_ANTIBODIES)
        with self.opened(request):
            calls = calls_to_read(trial_id=trial.pk, on=local_date(timezone.now(), trial.timezone))
            rows = [_call_row(call) for call in calls]
            columns = (
                _("Participant"), _("Donor"), _("Target"), _("Class of the rules"), _("State"), _("Settled class"),
                _("Pictures"),
            )  # fmt: skip
            return self.show(request, _("Calls and their readings"), [plain_part(_("Calls"), columns, rows)])

    def read_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One call as a reader sees it, and the form that signs a reading."""
        trial = self.require_action(request, Action.VIEW_ANTIBODIES)
        with self.opened(request):
            on = local_date(timezone.now(), trial.timezone)
            call = next(iter(calls_to_read(trial_id=trial.pk, on=on, finding_id=pk)), None)
            if call is None:
                raise Http404
            may_read = user_may(person_of(request), Action.READ_ANTIBODY_CALLS, trial_code=trial.code)
            form = self._reading_form(request, call) if may_read else None
            is_sent = form is not None and request.method == "POST" and form.is_valid()
            if form is not None and is_sent and self._read(request, trial, call, form):
                return HttpResponseRedirect(reverse("admin:immunology_dsafinding_calls"))
            person = person_of(request)
            return self.show(
                request,
                _("Call: %(participant)s, %(target)s")
                % {"participant": call.shown["participant"], "target": call.shown["specificity"]},
                [_shown_part(call), _sera_part(call), *_readings_part(call, person.pk)],
                form=form,
                button=_("Sign this reading"),
                hint=str(STATES[call.state]),
            )

    def _reading_form(self, request: HttpRequest, call: CallToRead) -> CallReadingForm:
        initial = {"seen_sha256": call.shown_sha256, "verdict": call.finding.classification}
        if call.state is ReadingState.DISAGREED:
            initial["part"] = ReaderPart.ADJUDICATOR
        return CallReadingForm(request.POST or None, initial=initial)

    def _read(self, request: HttpRequest, trial: Trial, call: CallToRead, form: CallReadingForm) -> bool:
        said = dict(form.cleaned_data)
        if refusal := own_password_refusal(request, said.pop("password")):
            form.add_error("password", refusal)
            return False
        try:
            services.read_call(
                trial=trial,
                finding_id=call.finding.pk,
                **said,
                **attribution(request, reason=_("Reading of an antibody call")),
            )
        except ValidationError as refused:
            refused_on(form, refused)
            return False
        messages.success(request, _("Signed. Your reading stands for the version that you were shown."))
        return True

    def pictures_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The pictures of the participant of a call; each has its table."""
        trial = self.require_action(request, Action.VIEW_ANTIBODIES)
        with self.opened(request):
            finding = (
                DsaFinding.objects.select_related("participant__trial").filter(trial=trial, pk=pk).first()
            )
            if finding is None:
                raise Http404
            participant = finding.participant
            title = _("Pictures of %(participant)s") % {"participant": participant.code}
            return self.show(request, title, _pictures(trial, participant, timezone.now()))

    def map_view(self, request: HttpRequest) -> HttpResponse:
        """Participants against antigens, a map per donor."""
        trial = self.require_action(request, Action.VIEW_ANTIBODIES)
        with self.opened(request):
            maps = [
                draw_antigen_map(
                    antigen_cells(trial_id=trial.pk, donor_code=donor), donor=donor, figure_id=f"map-{place}"
                )
                for place, donor in enumerate(donors_judged(trial_id=trial.pk))
            ]
            return self.show(request, _("Participants and antigens"), maps)


def _call_row(call: CallToRead) -> tuple[Any, ...]:
    finding = call.finding
    read = reverse("admin:immunology_dsafinding_read", args=[finding.pk])
    pictures = reverse("admin:immunology_dsafinding_pictures", args=[finding.pk])
    return (
        finding.participant.code,
        finding.donor_code,
        finding.specificity,
        LinkedCell(finding.classification, read),
        str(STATES[call.state]),
        call.verdict or "–",
        LinkedCell(_("Pictures"), pictures),
    )


def _shown_part(call: CallToRead) -> SealedPicture:
    shown = call.shown
    rows = [
        (_("Donor"), shown["donor"]),
        (_("Class of the rules"), shown["classification"]),
        (_("Flags"), ", ".join(shown["flags"]) or "–"),
        (_("Above the threshold"), _threshold(shown)),
        (_("Rule set"), shown["rule_set"]),
        (_("Release of the nomenclature"), shown["nomenclature_release"]),
        ("SHA-256", call.shown_sha256),
    ]
    return plain_part(_("What you sign"), (_("Name"), _("Value")), rows)


def _threshold(shown: Any) -> str:
    """The answer, and where a value lies above a threshold that has no evidence there."""
    answer = {True: _("yes"), False: _("no"), None: _("not applicable")}[shown["above_threshold"]]
    reasons = {"class": _("no evidence for this class"), "conjugate": _("no evidence for this conjugate")}
    beyond = [reasons[reason] for reason in shown["beyond_evidence"]]
    words = _("%(answer)s; a value lies above it: %(reasons)s")
    return words % {"answer": answer, "reasons": ", ".join(beyond)} if beyond else str(answer)


def _sera_part(call: CallToRead) -> SealedPicture:
    names = ("taken", "mfi", "call", "conjugate", "dilution", "treatment", "vendor", "kit", "lot", "run")
    columns = (
        _("Taken at"), _("MFI"), _("Call"), _("Conjugate"), _("Dilution"), _("Treatment"), _("Manufacturer"), _("Kit"),
        _("Lot"), _("Run"),
    )  # fmt: skip
    rows = [tuple(serum[name] or "–" for name in names) for serum in call.shown["sera"]]
    return plain_part(_("Sera"), columns, rows)


def _readings_part(call: CallToRead, reader_id: int) -> list[SealedPicture]:
    """Readings of this version, once the first two are made: the second reader is not told the first one's class."""
    is_open = call.state in (ReadingState.READ_ONCE, ReadingState.UNREAD, ReadingState.READ_ANEW)
    current = [
        one
        for one in call.readings
        if one.shown_sha256 == call.shown_sha256 and (not is_open or one.reader_id == reader_id)
    ]
    columns = (_("Read as"), _("Reader"), _("Class by the reader"), _("Comment"), _("Read at"), _("Version"))
    rows = [
        (
            str(one.get_part_display()), str(one.reader_id), one.verdict, one.comment or "–",
            one.read_at.isoformat(timespec="minutes"), version,
        )
        for version, found in ((_("this one"), current), (_("an earlier one"), call.older))
        for one in found
    ]  # fmt: skip
    return [plain_part(_("Readings"), columns, rows)]


def _pictures(trial: Trial, participant: Participant, at: Any) -> list[SealedPicture]:
    inputs = inputs_of_participant(participant=participant, on=local_date(at, trial.timezone))
    pictures = []
    if inputs is not None:
        pictures.append(
            draw_paired_slopes(paired_targets_of(inputs=inputs), name=participant.code, figure_id="slopes")
        )
    moments = antibody_moments_of(participant=participant, inputs=inputs)
    start = min((one.earliest for one in moments), default=at)
    pictures.append(
        draw_antibody_course(moments, start, name=participant.code, zone=trial.timezone, figure_id="course")
    )
    return pictures + (list(ladders_of(inputs=inputs, participant=participant)) if inputs else [])

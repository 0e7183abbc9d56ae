"""Changes of what antibodies are judged by: proposed, shown with what they would change, adopted. Sealed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.services import own_password_refusal
from immunology import services
from immunology.admin.sealed_pages import SealedPages, plain_part, refused_on
from immunology.choices import ChangeKind
from immunology.models import JudgingChange, ReferenceRelease
from immunology.queries.pictures import donors_judged
from immunology.queries.signing import signed_ids
from immunology.rendering.pictures import SealedPicture
from immunology.rules.drift import drift_rows
from immunology.rules.serology import SEROLOGY_RELEASE
from trials.models import ProtocolVersion, Trial
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution

REASON: dict[str, Any] = {"max_length": 500, "widget": forms.TextInput(attrs={"class": "long"})}


class ProposalForm(NamedRefusals, forms.Form):
    """What is proposed: one of a rule set, a release, a donor's typing."""

    kind = forms.ChoiceField(
        label=_lazy("What changes"), choices=ChangeKind.choices, widget=forms.RadioSelect
    )
    protocol_label = forms.ChoiceField(label=_lazy("Rule set of the protocol version"), required=False)
    release = forms.ChoiceField(label=_lazy("Release of the nomenclature"), required=False)
    donor_code = forms.ChoiceField(label=_lazy("Donor"), required=False)
    specificities = forms.CharField(
        label=_lazy("The whole typing as it should be"),
        required=False,
        help_text=_lazy("Alleles or antigens, separated by blanks: A*02:01 A*24:02 B*07:02"),
        widget=forms.TextInput(attrs={"class": "long"}),
    )
    reason = forms.CharField(label=_lazy("Why"), **REASON)

    def __init__(self, *args: Any, trial: Trial, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = ProtocolVersion.objects.filter(trial=trial).values_list("label", flat=True)
        releases = [SEROLOGY_RELEASE, *ReferenceRelease.objects.values_list("name", flat=True)]
        choices = {
            "protocol_label": versions,
            "release": releases,
            "donor_code": donors_judged(trial_id=trial.pk),
        }
        for name, values in choices.items():
            self.fields[name].choices = [("", "–"), *((value, value) for value in values)]  # type: ignore[attr-defined]

    def propose(self, trial: Trial, said: dict[str, Any]) -> JudgingChange:
        """Make the one service call."""
        answers = self.cleaned_data
        if answers["kind"] == ChangeKind.RULES:
            return services.propose_rules(trial=trial, protocol_label=answers["protocol_label"], **said)
        if answers["kind"] == ChangeKind.RELEASE:
            return services.propose_release(trial=trial, release=answers["release"], **said)
        names = answers["specificities"].split()
        return services.propose_typing(
            trial=trial, donor_code=answers["donor_code"], specificities=names, **said
        )


class AdoptionForm(NamedRefusals, forms.Form):
    """The signature under what was shown."""

    seen_sha256 = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=_lazy("Why"), **REASON)
    password = forms.CharField(
        label=_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "medium"}),
    )


@admin.register(JudgingChange)
class JudgingChangeAdmin(SealedPages):
    view_action = Action.MANAGE_ANTIBODY_RULES
    add_action = Action.MANAGE_ANTIBODY_RULES
    add_label = _lazy("Propose a change")
    list_display = ("name", "kind", "proposed_at", "state_shown")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("kind", "name", "proposed_at", "adopted_at")

    def get_urls(self) -> list[URLPattern]:
        drift = path(
            "<int:pk>/drift/",
            self.admin_site.admin_view(self.drift_view),
            name="immunology_judgingchange_drift",
        )
        return [drift, *super().get_urls()]

    def url_of(self, obj: JudgingChange) -> str:
        return reverse("admin:immunology_judgingchange_drift", args=[obj.pk])

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:  # noqa: ARG002
        return None

    @admin.display(description=_lazy("New version"))
    def name_shown(self, obj: JudgingChange) -> str:
        return obj.name

    @admin.display(description=_lazy("State"))
    def state_shown(self, obj: JudgingChange) -> str:
        if obj.adopted_at is None:
            return _("Proposed: changes nothing yet")
        return _("In use, signed") if signed_ids(JudgingChange, [obj.pk]) else _("In use, not signed")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Propose a change; what it would change is shown next."""
        trial = self.require_action(request, Action.MANAGE_ANTIBODY_RULES)
        with self.opened(request):
            form = ProposalForm(request.POST or None, trial=trial)
            if request.method == "POST" and form.is_valid():
                try:
                    said = attribution(request, reason=form.cleaned_data["reason"])
                    change = form.propose(trial, said)
                except ValidationError as refusal:
                    refused_on(form, refusal)
                else:
                    return HttpResponseRedirect(self.url_of(change))
            return self.show(
                request, _("Propose a change"), [], form=form, button=_("See what it would change")
            )

    def drift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a change would change, and the form that adopts it."""
        trial = self.require_action(request, Action.MANAGE_ANTIBODY_RULES)
        with self.opened(request):
            change = JudgingChange.objects.select_related("trial").filter(trial=trial, pk=pk).first()
            if change is None:
                raise Http404
            form = AdoptionForm(request.POST or None)
            if request.method == "POST" and form.is_valid() and self._signed(request, trial, change, form):
                return HttpResponseRedirect(reverse("admin:immunology_judgingchange_changelist"))
            return self._drift_page(request, change, form)

    def _signed(self, request: HttpRequest, trial: Trial, change: JudgingChange, form: AdoptionForm) -> bool:
        said = attribution(request, reason=form.cleaned_data["reason"])
        if refusal := own_password_refusal(request, form.cleaned_data["password"]):
            form.add_error("password", refusal)
            return False
        try:
            if change.adopted_at is None:
                seen = form.cleaned_data["seen_sha256"]
                services.adopt_change(trial=trial, change_id=change.pk, seen_sha256=seen, **said)
            else:
                services.sign_rules_in_use(trial=trial, change_id=change.pk, **said)
        except ValidationError as refused:
            refused_on(form, refused)
            return False
        messages.success(request, _("Signed. Findings record what they were judged by."))
        return True

    def _drift_page(self, request: HttpRequest, change: JudgingChange, form: AdoptionForm) -> HttpResponse:
        is_open = change.adopted_at is None
        drift = drift_rows(services.drift_of(change=change, at=timezone.now())) if is_open else change.drift
        if is_open and request.method != "POST":
            form.initial["seen_sha256"] = services.drift_digest(change, drift)
        is_signed = not is_open and bool(signed_ids(JudgingChange, [change.pk]))
        hint = _("Nothing is judged by it until it is adopted.") if is_open else _("It is in use.")
        return self.show(
            request,
            change.name,
            [_drift_part(drift), _proposal_part(change)],
            form=None if is_signed else form,
            button=_("Sign and adopt") if is_open else _("Sign the rule set in use"),
            hint=hint,
        )


def _drift_part(drift: list[dict[str, Any]]) -> SealedPicture:
    rows = [
        (
            row["participant"],
            row["donor"],
            row["specificity"],
            row["old"],
            row["new"],
            ", ".join(sorted(set(row["old_flags"]) - set(row["new_flags"]))) or "–",
            ", ".join(sorted(set(row["new_flags"]) - set(row["old_flags"]))) or "–",
            f"{_shown(row['old_above'])} → {_shown(row['new_above'])}",
        )
        for row in drift
    ]
    columns = (
        _("Participant"), _("Donor"), _("Target"), _("Class now"), _("Class then"), _("Flags that go"),
        _("Flags that come"), _("Above the threshold"),
    )  # fmt: skip
    return plain_part(_("What changes: %(count)s calls") % {"count": len(rows)}, columns, rows)


def _shown(value: bool | None) -> str:
    return "–" if value is None else _("yes") if value else _("no")


def _proposal_part(change: JudgingChange) -> SealedPicture:
    said = change.proposal.get("antibodies") or {
        name: value for name, value in change.proposal.items() if name != "protocol_version"
    }
    rows = [(name, str(value)) for name, value in sorted(said.items())]
    note = _("Proposed by account %(who)s. SHA-256 %(sha)s.") % {
        "who": change.proposed_by_id,
        "sha": change.proposal_sha256,
    }
    return plain_part(_("What is proposed"), (_("Name"), _("Value")), rows, note)

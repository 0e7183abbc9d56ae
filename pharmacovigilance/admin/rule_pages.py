"""Reporting rules (switched on and off with a reason) and reference safety information (signed)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import trial_codes_for
from accounts.services import own_password_refusal, signatures_of, signatures_of_all
from pharmacovigilance.models import Declaration, ObligationRule, RsiVersion
from pharmacovigilance.services import rsi, rule_rows
from pharmacovigilance.services.owing import declare
from trials.models import Trial
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb


class TrialPage(RoleScopedAdmin):
    """Rows of the whole trial: all who may see cases at one of its sites may read them."""

    view_action = Action.VIEW_CASES
    site_path = None

    def may(self, request: HttpRequest, action: Action | None, obj: Any = None) -> bool:
        if action is None or obj is None:
            return super().may(request, action, obj)
        return obj.trial.code in trial_codes_for(person_of(request), action)


class SwitchForm(NamedRefusals, forms.ModelForm[ObligationRule]):
    reason = forms.CharField(
        label=_lazy("Reason"), max_length=1000, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = ObligationRule
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Only the switch changes; the numbers of a rule never change."""


def switch_on(request: HttpRequest, rule: ObligationRule, form: SwitchForm) -> str:
    rule_rows.switch_rule_on(rule=rule, **attribution(request, reason=form.cleaned_data["reason"]))
    return _("On: the rule makes obligations from now on.")


def switch_off(request: HttpRequest, rule: ObligationRule, form: SwitchForm) -> str:
    rule_rows.switch_rule_off(rule=rule, **attribution(request, reason=form.cleaned_data["reason"]))
    return _("Off: the rule makes nothing more. What is owed stays owed.")


@admin.register(ObligationRule)
class ObligationRuleAdmin(TrialPage):
    list_select_related = ("trial",)
    list_display = ("label_shown", "destination", "trigger", "basis", "time", "is_on")
    list_filter = ("destination", "is_on")
    ordering = ("destination", "code")
    sortable_by = ()
    fields = readonly_fields = (
        "label_shown",
        "destination",
        "trigger",
        "basis",
        "judgement",
        "time",
        "effective_from",
        "effective_until",
        "is_on",
        "is_blinded",
        "source",
    )
    verbs = (
        Verb("on", _lazy("Switch on"), _lazy("Switch on"), Action.MANAGE_RSI, SwitchForm, switch_on,
             lambda rule: not rule.is_on),
        Verb("off", _lazy("Switch off"), _lazy("Switch off"), Action.MANAGE_RSI, SwitchForm, switch_off,
             lambda rule: rule.is_on),
    )  # fmt: skip

    def name_of(self, obj: ObligationRule) -> str:
        return _(obj.label)

    @admin.display(description=_lazy("Rule"))
    def label_shown(self, obj: ObligationRule) -> str:
        return _(obj.label)

    @admin.display(description=_lazy("Time"))
    def time(self, obj: ObligationRule) -> str:
        if obj.hours is not None:
            return _("%(hours)d h") % {"hours": obj.hours}
        return _("%(days)d days") % {"days": obj.days}


class SignRsiForm(NamedRefusals, forms.ModelForm[RsiVersion]):
    password = forms.CharField(
        label=_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "medium"}),
    )

    class Meta:
        model = RsiVersion
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """A loaded version never changes."""


def sign_rsi_version(request: HttpRequest, version: RsiVersion, form: SignRsiForm) -> str:
    if refusal := own_password_refusal(request, form.cleaned_data["password"]):
        raise ValidationError({"password": refusal})
    rsi.sign_rsi(version=version, by=person_of(request), at=timezone.now())
    return _("Signed: version %(label)s is in force from its day.") % {"label": version.label}


class DeclarationForm(NamedRefusals, forms.ModelForm[Declaration]):
    class Meta:
        model = Declaration
        fields = ("trial", "kind", "declared_at", "text")


@admin.register(Declaration)
class DeclarationAdmin(TrialPage):
    """Facts of the whole trial that start an obligation. Entered once, never changed."""

    add_action = Action.MANAGE_CASES
    add_label = _lazy("Declare")
    form = DeclarationForm
    list_display = ("kind", "declared_shown", "text")
    list_select_related = ("trial",)
    ordering = ("-declared_at",)
    sortable_by = ()
    fields = ("trial", "kind", "declared_at", "text")

    def name_of(self, obj: Declaration) -> str:
        return str(obj.get_kind_display())

    @admin.display(description=_lazy("Known, or taken, at"))
    def declared_shown(self, obj: Declaration) -> str:
        return moment(obj.declared_at)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        codes = trial_codes_for(person_of(request), Action.MANAGE_CASES)
        kwargs["queryset"] = Trial.objects.filter(code__in=codes)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Declaration, form: Any, change: bool) -> None:  # noqa: ARG002
        kept = declare(**form.cleaned_data, by=person_of(request), at=timezone.now())
        obj.pk = kept.pk


@admin.register(RsiVersion)
class RsiVersionAdmin(TrialPage):
    list_select_related = ("trial",)
    list_display = ("label", "effective_date", "signed", "number_of_terms")
    ordering = ("-effective_date",)
    sortable_by = ()
    fields = readonly_fields = ("label", "effective_date", "source", "signed", "terms_shown", "file_sha256")
    verbs = (
        Verb("sign", _lazy("Sign"), _lazy("Sign this version"), Action.MANAGE_RSI, SignRsiForm, sign_rsi_version,
             lambda version: not signatures_of(version),
             _lazy("Your signature puts the version in force. What is not listed in it is unexpected.")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[RsiVersion]:
        found: QuerySet[RsiVersion] = super().get_queryset(request).annotate(term_count=Count("terms"))
        return found

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        signatures = signatures_of_all(rows)
        for row in rows:
            row.signatures = signatures[row.pk]

    def name_of(self, obj: RsiVersion) -> str:
        return obj.label

    @admin.display(description=_lazy("Signed"))
    def signed(self, obj: RsiVersion) -> str:
        signatures = getattr(obj, "signatures", None)
        signatures = signatures_of(obj) if signatures is None else signatures
        found = [f"{one.printed_name}, {moment(one.signed_at)}" for one in signatures]
        return "; ".join(found) or _("not signed: not in force")

    @admin.display(description=_lazy("Expected terms"))
    def number_of_terms(self, obj: RsiVersion) -> str:
        return str(obj.term_count)  # type: ignore[attr-defined]

    @admin.display(description=_lazy("Expected terms"))
    def terms_shown(self, obj: RsiVersion) -> str:
        rows = obj.terms.order_by("term").values_list("term", "worst_grade")[:500]
        return "; ".join(_("%(term)s up to grade %(grade)d") % {"term": t, "grade": g} for t, g in rows)

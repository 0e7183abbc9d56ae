"""Web hooks of a trial: to which addresses, what was tried, and the secret that their receivers check with."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import trial_codes_for
from pharmacovigilance.admin.rule_pages import TrialPage
from pharmacovigilance.models import WebHook
from pharmacovigilance.services import hooks
from trials.models import Trial
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb

SHOWN = 20
LONG = {"class": "long"}


class AddHookForm(NamedRefusals, forms.ModelForm[WebHook]):
    reason = forms.CharField(label=_lazy("Reason"), max_length=1000, widget=forms.TextInput(attrs=LONG))

    class Meta:
        model = WebHook
        fields = ("trial", "url")

    def _post_clean(self) -> None:
        """The service decides."""


class HookReasonForm(NamedRefusals, forms.ModelForm[WebHook]):
    reason = forms.CharField(label=_lazy("Reason"), max_length=1000, widget=forms.TextInput(attrs=LONG))

    class Meta:
        model = WebHook
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Only the switch changes."""


def hook_on(request: HttpRequest, hook: WebHook, form: HookReasonForm) -> str:
    hooks.switch_hook_on(hook=hook, **attribution(request, reason=form.cleaned_data["reason"]))
    return _("On: what it has not taken is sent from now on.")


def hook_off(request: HttpRequest, hook: WebHook, form: HookReasonForm) -> str:
    hooks.switch_hook_off(hook=hook, **attribution(request, reason=form.cleaned_data["reason"]))
    return _("Off: nothing more is sent. Its place in the order of changes is kept.")


@admin.register(WebHook)
class WebHookAdmin(TrialPage):
    view_action = Action.MANAGE_RSI
    add_action = Action.MANAGE_RSI
    add_label = _lazy("Add a web hook")
    form = AddHookForm
    list_display = ("url", "trial", "is_on", "failures", "next_shown")
    list_select_related = ("trial", "owner")
    ordering = ("-id",)
    sortable_by = ()
    verbs = (
        Verb("on", _lazy("Switch on"), _lazy("Switch on"), Action.MANAGE_RSI, HookReasonForm, hook_on,
             lambda hook: not hook.is_on),
        Verb("off", _lazy("Switch off"), _lazy("Switch off"), Action.MANAGE_RSI, HookReasonForm, hook_off,
             lambda hook: hook.is_on),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        if obj is None:
            return [(None, {"fields": ["trial", "url", "reason"]})]
        return [
            (None, {"fields": ["trial", "url", "owner", "is_on", "failures", "next_shown", "secret", "log"]})
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return (
            ()
            if obj is None
            else ("trial", "url", "owner", "is_on", "failures", "next_shown", "secret", "log")
        )

    def name_of(self, obj: WebHook) -> str:
        return obj.url

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        codes = trial_codes_for(person_of(request), Action.MANAGE_RSI)
        kwargs["queryset"] = Trial.objects.filter(code__in=codes)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: WebHook, form: Any, change: bool) -> None:  # noqa: ARG002
        said = {name: form.cleaned_data[name] for name in ("trial", "url")}
        kept = hooks.add_web_hook(**said, **attribution(request, reason=form.cleaned_data["reason"]))
        obj.__dict__.update(kept.__dict__)

    @admin.display(description=_lazy("Next try"))
    def next_shown(self, obj: WebHook) -> str:
        return moment(obj.next_try_at) if obj.next_try_at else _("within a minute")

    @admin.display(description=_lazy("Secret of the signature"))
    def secret(self, obj: WebHook) -> str:
        return hooks.hook_secret(obj)

    @admin.display(description=_lazy("Last deliveries"))
    def log(self, obj: WebHook) -> str:
        rows = obj.deliveries.order_by("-pk")[:SHOWN]
        said = [f"{moment(row.tried_at)} · {row.changes} · {row.status or row.error}" for row in rows]
        return "; ".join(said) or _("nothing yet")

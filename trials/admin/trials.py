"""Trials, protocol versions and sites: read here.

A protocol is loaded from its file (`manage.py load_protocol`).
"""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.queries import trial_codes_for
from trials import services
from trials.admin.stations import STATIONS
from trials.models import ProtocolVersion, Site, Trial
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.requests import attribution, person_of


class _TrialPage(RoleScopedAdmin):
    """A page that all roles in the trial may read; only those who manage the trial have it in the navigation."""

    view_action = Action.VIEW_TRIAL
    site_path = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role at one site of a trial may read what applies to the whole trial."""
        if obj is None:
            return super().has_view_permission(request)
        return self.place_of(obj)[0] in trial_codes_for(person_of(request), self.view_action)


@admin.register(Trial)
class TrialAdmin(_TrialPage):
    trial_path = ""
    list_display = ("code", "title", "registration", "timezone")
    ordering = ("code",)
    fields = ("code", "title", "registration", "timezone")

    def scope_of(self, request: HttpRequest) -> Any:
        return Q(code__in=sorted(trial_codes_for(person_of(request), self.view_action)))

    def place_of(self, obj: Trial) -> tuple[str, str]:
        return obj.code, ""


@admin.register(ProtocolVersion)
class ProtocolVersionAdmin(_TrialPage):
    list_display = ("of_trial", "label", "effective_date")
    list_select_related = ("trial",)
    ordering = ("trial__code", "-effective_date")
    fields = ("of_trial", "label", "effective_date", "shown")

    @admin.display(description=_("trial"), ordering="trial__code")
    def of_trial(self, obj: ProtocolVersion) -> str:
        return obj.trial.code

    @admin.display(description=_("content"))
    def shown(self, obj: ProtocolVersion) -> str:
        return format_html(
            '<pre class="content">{}</pre>', json.dumps(obj.content, indent=2, ensure_ascii=False)
        )


SITE_FIELDS = ("trial", "code", "name", "country", "timezone", "norepinephrine_salt", "has_shared_stations")


class SiteForm(RecordForm):
    class Meta:
        model = Site
        fields = SITE_FIELDS


@admin.register(Site)
class SiteAdmin(_TrialPage):
    add_action = change_action = Action.MANAGE_TRIAL
    form = SiteForm
    list_display = ("code", "name", "trial", "country", "timezone", "norepinephrine_salt")
    list_select_related = ("trial",)
    search_fields = ("code", "name")
    ordering = ("trial__code", "code")
    fields = SITE_FIELDS
    verbs = (STATIONS,)

    def get_readonly_fields(self, request: HttpRequest, obj: Site | None = None) -> Any:
        """Of an existing site only the pharmacy's salt can be changed; the other fields identify the site."""
        given = super().get_readonly_fields(request, obj)
        return (
            given
            if obj is None
            else (*given, *(name for name in SITE_FIELDS if name != "norepinephrine_salt"))
        )

    def save_model(self, request: HttpRequest, obj: Site, form: SiteForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            salt = form.cleaned_data["norepinephrine_salt"]
            services.set_pharmacy_salt(
                site=Site.objects.get(pk=obj.pk),
                norepinephrine_salt=salt,
                seen_version=form.cleaned_data.get("seen_version"),
                **said,
            )
            return
        obj.pk = services.open_site(
            trial=obj.trial,
            code=obj.code,
            name=obj.name,
            timezone=obj.timezone,
            country=obj.country,
            norepinephrine_salt=obj.norepinephrine_salt,
            has_shared_stations=obj.has_shared_stations,
            **said,
        ).pk

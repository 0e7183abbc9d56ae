"""Trials, protocol versions and sites: read here; a protocol is loaded from its file (`manage.py load_protocol`)."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import RecordForm, RoleScopedAdmin
from accounts.admin.requests import person_of
from accounts.choices import Action
from accounts.queries import trial_codes_for
from trials import services
from trials.admin.stations import STATIONS
from trials.models import ProtocolVersion, Site, Trial


class _TrialPage(RoleScopedAdmin):
    """What everybody in the trial may read; in the navigation only for those who manage it."""

    view_action = Action.VIEW_TRIAL
    site_path = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever works at one site of a trial may read what holds for all of it."""
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


class SiteForm(RecordForm):
    class Meta:
        model = Site
        fields = ("trial", "code", "name", "country", "timezone", "has_shared_stations")


@admin.register(Site)
class SiteAdmin(_TrialPage):
    add_action = Action.MANAGE_TRIAL
    form = SiteForm
    list_display = ("code", "name", "trial", "country", "timezone")
    list_select_related = ("trial",)
    search_fields = ("code", "name")
    ordering = ("trial__code", "code")
    fields = ("trial", "code", "name", "country", "timezone", "has_shared_stations")
    verbs = (STATIONS,)

    def save_model(self, request: HttpRequest, obj: Site, form: SiteForm, change: bool) -> None:  # noqa: ARG002
        obj.pk = services.open_site(
            trial=obj.trial,
            code=obj.code,
            name=obj.name,
            timezone=obj.timezone,
            country=obj.country,
            has_shared_stations=obj.has_shared_stations,
            by=person_of(request),
            at=timezone.now(),
            reason=form.stated_reason,
        ).pk

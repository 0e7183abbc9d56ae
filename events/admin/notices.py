"""The page of notices of serious events: recipients, sent, opened, acknowledged. Read only."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import user_may
from events.admin.notice_words import acknowledged_in_words, reader_of, sent_in_words
from events.models import SeriousNotice
from events.services import notices as services
from events.wording import name_of_event
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb


class AcknowledgeForm(NamedRefusals, forms.ModelForm[SeriousNotice]):
    class Meta:
        model = SeriousNotice
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Skip the model's validation: nothing is entered here, and the service decides who may acknowledge."""


def acknowledge(request: HttpRequest, notice: SeriousNotice, form: AcknowledgeForm) -> str:  # noqa: ARG001
    services.acknowledge_notice(notice=notice, by=person_of(request), at=timezone.now())
    return _("Acknowledged: the news has arrived with you.")


@admin.register(SeriousNotice)
class SeriousNoticeAdmin(RoleScopedAdmin):
    """The event itself is shown only to those who may see events of its site.

    The sponsor reads that there is news.
    """

    view_action = Action.VIEW_SAFETY_NOTICES
    site_path = "event__participant__site"
    verbs = (
        Verb(
            "acknowledge",
            _lazy("Acknowledge"),
            _lazy("Acknowledge"),
            Action.RECEIVE_SAFETY_NOTICES,
            AcknowledgeForm,
            acknowledge,
            lambda notice: notice.acknowledged_at is None,
            _lazy("You say that the news has arrived with you. It assesses nothing."),
        ),
    )
    list_display = ("told_at", "news_shown", "reader", "sent", "opened_shown", "acknowledged_shown")
    list_filter = ("news",)
    list_select_related = ("recipient", "acknowledged_by", "trial")
    ordering = ("-recorded_at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "news_shown",
        "event_shown",
        "told_at",
        "reader",
        "sent",
        "opened_shown",
        "acknowledged_shown",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SeriousNotice]:
        rows = SeriousNotice.objects.with_mail().filter(self.scope_of(request)).order_by(*self.ordering)
        return rows.select_related(
            "trial", "recipient", "acknowledged_by", "event__participant__site", "event__ctcae_term"
        )

    def name_of(self, obj: SeriousNotice) -> str:
        return f"{obj.trial.code} · {obj.get_news_display()}"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The notice, with whether its reader may see the event; the recipient's first reading is recorded."""
        notice: Any = super().get_object(request, object_id, from_field)
        if notice is None:
            return None
        if request.method == "GET":
            services.open_notice(notice=notice, by=person_of(request), at=timezone.now())
            notice = super().get_object(request, object_id, from_field)
        site = notice.event.participant.site.code
        notice.shows_event = user_may(
            person_of(request), Action.VIEW_EVENTS, trial_code=notice.trial.code, site_code=site
        )
        return notice

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().render_change_form(request, context, *args, **kwargs)
        context["title"] = self.opts.verbose_name
        return response

    @admin.display(description=_lazy("Told at"))
    def told_at(self, obj: SeriousNotice) -> str:
        return moment(obj.recorded_at)

    @admin.display(description=_lazy("News"))
    def news_shown(self, obj: SeriousNotice) -> str:
        return str(obj.get_news_display())

    @admin.display(description=_lazy("Event"))
    def event_shown(self, obj: SeriousNotice) -> str:
        if not getattr(obj, "shows_event", False):
            return _("its content is with the safety officers")
        url = reverse("admin:events_adverseevent_change", args=[obj.event_id])
        name = f"{obj.event.participant.code} · {name_of_event(obj.event)}"
        return format_html('<a href="{}">{}</a>', url, name)

    @admin.display(description=_lazy("Recipient"))
    def reader(self, obj: SeriousNotice) -> str:
        return reader_of(obj)

    @admin.display(description=_lazy("E-mail sent"))
    def sent(self, obj: SeriousNotice) -> str:
        return sent_in_words(obj)

    @admin.display(description=_lazy("Opened"))
    def opened_shown(self, obj: SeriousNotice) -> str:
        return moment(obj.opened_at) if obj.opened_at else _("not yet")

    @admin.display(description=_lazy("Acknowledged"))
    def acknowledged_shown(self, obj: SeriousNotice) -> str:
        return acknowledged_in_words(obj)

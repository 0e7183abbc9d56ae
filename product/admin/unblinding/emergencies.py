"""The list of emergency unblindings and the page of one: who, when, why, who confirmed. Never the arm."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action, PasswordUse, Role
from accounts.models import User
from accounts.services import own_password_refusal
from product.admin.unblinding.asking import arm_url, arm_view
from product.admin.unblinding.forms import SecondPersonForm, hides_passwords
from product.choices import SecondPerson, UnblindingState
from product.models import Unblinding
from product.services.unblinding import confirm_unblinding, read_notices
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import NOT_RECORDED, moment
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb


def confirm(request: HttpRequest, unblinding: Unblinding, form: SecondPersonForm) -> str:
    password = form.cleaned_data["password"]
    if refusal := own_password_refusal(request, password, use=PasswordUse.EMERGENCY):
        raise ValidationError({"password": refusal})
    confirm_unblinding(unblinding=unblinding, by=person_of(request), at=timezone.now())
    return _("Confirmed: the asker can see the arm now. You are not shown it; please do not ask for it.")


CONFIRM = Verb(
    "confirm",
    _lazy("Confirm as the second person"),
    _lazy("Confirm this unblinding"),
    Action.CONFIRM_UNBLINDING,
    SecondPersonForm,
    confirm,
    lambda unblinding: unblinding.confirmed_at is None,
    _lazy(
        "You confirm that this participant's arm has to be known now. Only the asker is shown it; "
        "your name, the time and your confirmation are kept."
    ),
)


class RepeatFilter(admin.SimpleListFilter):
    """Unblindings that were a second arm for their requester."""

    title = _lazy("second arm")
    parameter_name = "second_arm"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [("yes", _lazy("Second arm for the same person")), ("no", _lazy("No second arm"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Unblinding]) -> QuerySet[Unblinding]:  # noqa: ARG002
        wanted = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(repeat_told_at__isnull=wanted)


@admin.register(Unblinding)
class UnblindingAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_UNBLINDINGS
    site_path = "participant__site"
    verbs = (CONFIRM,)
    change_form_template = "admin/product/unblinding/change_form.html"
    change_list_template = "admin/product/unblinding/change_list.html"
    list_display = (
        "participant",
        "site_shown",
        "asked",
        "category",
        "state",
        "confirmation_shown",
        "repeat_shown",
    )
    list_filter = ("category", "confirmation", RepeatFilter)
    search_fields = ("participant__code",)
    search_help_text = _lazy("Participant's code")
    ordering = ("-asked_at", "-id")
    sortable_by = ()
    fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unblinding]:
        related = ("trial", "participant__site", "participant__trial", "asked_by", "confirmed_by")
        return super().get_queryset(request).select_related(*related)

    def get_urls(self) -> list[URLPattern]:
        view = hides_passwords(self.admin_site.admin_view(partial(arm_view, self)))
        return [path("<int:pk>/arm/", view, name="product_unblinding_arm"), *super().get_urls()]

    def name_of(self, obj: Unblinding) -> str:
        return _("%(participant)s, asked %(moment)s") % {
            "participant": obj.participant.code,
            "moment": moment(obj.asked_at),
        }

    # The list -------------------------------------------------------------

    @admin.display(description=_lazy("Site"))
    def site_shown(self, obj: Unblinding) -> str:
        return obj.participant.site.code

    @admin.display(description=_lazy("Asked"))
    def asked(self, obj: Unblinding) -> str:
        return moment(obj.asked_at)

    @admin.display(description=_lazy("State"))
    def state(self, obj: Unblinding) -> str:
        return str(UnblindingState(obj.state_at(timezone.now())).label)

    @admin.display(description=_lazy("Second person"))
    def confirmation_shown(self, obj: Unblinding) -> str:
        return str(obj.get_confirmation_display()) if obj.confirmation else "–"

    @admin.display(description=_lazy("Second arm"))
    def repeat_shown(self, obj: Unblinding) -> str:
        """Whether the requester had seen another arm shortly before, and when two people were notified."""
        return _("told %(moment)s") % {"moment": moment(obj.repeat_told_at)} if obj.repeat_told_at else "–"

    # The page -------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Unblinding | None = None) -> Any:  # noqa: ARG002
        return [(None, {"fields": []})]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if response.status_code == HTTPStatus.OK:
            read_notices(by=person_of(request), at=timezone.now(), unblinding=int(object_id))
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: Unblinding = context["original"]
        state = row.state_at(timezone.now())
        is_mine = row.asked_by_id == person_of(request).pk
        context.update(
            title=_("Emergency unblinding"),
            facts=emergency_facts(row, state),
            state=state,
            state_word=UnblindingState(state).label,
            arm_url=arm_url(row) if is_mine and row.confirmed_at else "",
            go_on_url=self._go_on_url(row) if is_mine and state == UnblindingState.WAITING else "",
            person_url=reverse("admin:trials_participant_change", args=[row.participant_id]),
            may_see_person=self.may(request, Action.VIEW_PARTICIPANTS, row),
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def _go_on_url(self, row: Unblinding) -> str:
        return reverse("admin:trials_participant_unblind", args=[row.participant_id])

    def _verbs_for(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """The requester cannot be the second person, and a lapsed request cannot be confirmed."""
        if obj is None or obj.asked_by_id == person_of(request).pk:
            return []
        is_waiting = obj.state_at(timezone.now()) == UnblindingState.WAITING
        return super()._verbs_for(request, obj) if is_waiting else []


def emergency_facts(row: Unblinding, state: UnblindingState) -> list[tuple[str, str]]:
    """The recorded facts of an emergency unblinding, in order of time."""
    facts = [
        (_("Participant"), row.participant.code),
        (_("Site"), row.participant.site.name),
        (_("Reason"), str(row.get_category_display())),
        (_("In a few words"), row.reason_text),
        (_("Asked by"), f"{_person(row.asked_by)} ({Role(row.asked_by_role).label})"),
        (_("Asked"), moment(row.asked_at)),
    ]
    if row.confirmed_at is None:
        lapses = _("Lapsed") if state == UnblindingState.LAPSED else _("Lapses")
        return [*facts, (lapses, moment(row.expires_at))]
    facts.append((_("Second person"), str(SecondPerson(row.confirmation).label)))
    if row.confirmed_by is not None:
        facts.append((_("Confirmed by"), _person(row.confirmed_by)))
    else:
        facts.append((_("Whom one tried to reach"), row.absence_reason))
    if row.repeat_told_at is not None:
        facts.append((_("Second arm shortly after another: two people told"), moment(row.repeat_told_at)))
    shown = moment(row.disclosed_at) if row.disclosed_at else str(NOT_RECORDED)
    return [*facts, (_("Confirmed"), moment(row.confirmed_at)), (_("Arm first shown to the asker"), shown)]


def _person(user: User) -> str:
    return user.get_full_name() or user.get_username()

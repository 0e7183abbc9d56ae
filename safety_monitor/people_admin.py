"""Accounts and their roles. Rights come from memberships only; a membership is ended, never deleted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import SYSTEM_USERNAME, Membership, User
from accounts.services import end_membership, grant_membership, save_account, send_link, slowed_among
from safety_monitor.access_admin import SEND_LINK, UNLOCK, link_sent_words
from safety_monitor.granting_admin import GrantForm
from webkit.admin.base import RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals, RecordForm
from webkit.admin.requests import attribution
from webkit.admin.verbs import Verb


class PersonForm(RecordForm):
    """A person's account. It has no password field: the person sets it by a link sent to their own address."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.required = self.instance.pk is None or bool(self.instance.email)
        email.help_text = _(
            "The person's own. The link for a password is sent there; a change is told to the old address too."
        )

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        if user.pk is None:
            user.set_unusable_password()
        if commit:
            user.save()
        return user


class EndRoleForm(NamedRefusals, forms.ModelForm[Membership]):
    """The reason why the role ends."""

    why = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept for good, for example: “has left the unit”."),
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
        max_length=500,
    )

    class Meta:
        model = Membership
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the membership is entered here."""


def end_role(request: HttpRequest, membership: Membership, form: EndRoleForm) -> str:
    end_membership(membership=membership, **attribution(request, reason=form.cleaned_data["why"]))
    return gettext("Ended: %(membership)s.") % {"membership": membership}


class _AccountsPage(RoleScopedAdmin):
    """Accounts belong to no trial: a user manager manages all of them."""

    view_action = add_action = Action.MANAGE_USERS
    change_action: ClassVar[Action | None] = Action.MANAGE_USERS

    def may(self, request: HttpRequest, action: Action | None, obj: Any = None) -> bool:  # noqa: ARG002
        return super().may(request, action)


@admin.register(User)
class UserAdmin(_AccountsPage):
    form: type[forms.ModelForm[Any]] = PersonForm
    list_display = (
        "username",
        "first_name",
        "last_name",
        "is_active",
        "last_signed_in",
        "wrong_passwords_shown",
    )
    verbs = (SEND_LINK, UNLOCK)
    add_label = _("Add an account")
    search_fields = ("username", "first_name", "last_name")
    search_help_text = _("User name or name")
    ordering = ("username",)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("username", "language"),
                    ("first_name", "last_name"),
                    "email",
                    "is_active",
                ]
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:  # noqa: ARG002
        since = timezone.now() - timedelta(hours=24)
        lately = Count("wrong_passwords", filter=Q(wrong_passwords__at__gt=since))
        return User.objects.exclude(username=SYSTEM_USERNAME).annotate(lately_wrong=lately)

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        slowed = slowed_among(rows)
        for person in rows:
            person.is_slowed = person.pk in slowed

    @admin.display(description=_("Last login"), ordering="last_login")
    def last_signed_in(self, obj: User) -> str:
        return moment(obj.last_login)

    def save_model(self, request: HttpRequest, obj: User, form: PersonForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        save_account(user=obj, **said)
        if not change:
            send_link(user=obj, **said)
            messages.info(request, link_sent_words(obj))

    @admin.display(description=_("Wrong passwords in 24 hours"))
    def wrong_passwords_shown(self, obj: User) -> str:
        """The number, and in words whether unknown devices have to wait."""
        count = str(obj.lately_wrong)  # type: ignore[attr-defined]
        slowed = gettext("slowed")
        return f"{count} · {slowed}" if obj.is_slowed else count  # type: ignore[attr-defined]


@admin.register(Membership)
class MembershipAdmin(_AccountsPage):
    form: type[forms.ModelForm[Any]] = GrantForm
    change_action: ClassVar[Action | None] = None
    add_label = _("Give a role")
    list_display = ("user", "role", "trial_code", "site_code", "granted_at", "ended_at")
    list_filter = ("role",)
    search_fields = ("user__username",)
    list_select_related = ("user",)
    ordering = ("user__username", "role")
    verbs = (
        Verb(
            "end",
            _("End"),
            _("End this membership now"),
            Action.MANAGE_USERS,
            EndRoleForm,
            end_role,
            lambda membership: membership.ended_at is None,
            _("The person loses this role at once; what they recorded stays in their name."),
        ),
    )
    autocomplete_fields = ("user",)

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:  # noqa: ARG002
        """The reason is entered when a role is given; afterwards it is in the trail."""
        return ["user", "role", "trial_code", "site_code", *([] if obj else ["why"])]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:  # noqa: ARG002
        return Membership.objects.exclude(user__username=SYSTEM_USERNAME)

    def save_model(self, request: HttpRequest, obj: Membership, form: ModelForm[Any], change: bool) -> None:  # noqa: ARG002
        granted = grant_membership(
            user=obj.user,
            role=obj.role,
            trial_code=obj.trial_code,
            site_code=obj.site_code,
            **attribution(request, reason=form.cleaned_data["why"]),
        )
        obj.pk = granted.pk

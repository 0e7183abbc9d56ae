"""Which account belongs to which laboratory: said by the administrator."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import user_may
from immunology import services
from immunology.models import LaboratoryAccount
from trials.models import Trial
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb
from webkit.admin.voiding import VoidForm, said


class LaboratoryAccountForm(RecordForm):
    class Meta:
        model = LaboratoryAccount
        fields = ("trial", "laboratory", "user")


class ReleaseAccountForm(VoidForm):
    class Meta:
        model = LaboratoryAccount
        fields: tuple[str, ...] = ()


def end_account(request: HttpRequest, account: LaboratoryAccount, form: Any) -> str:
    services.release_account(account=account, **said(request, form))
    return _("The account belongs to the laboratory no more.")


@admin.register(LaboratoryAccount)
class LaboratoryAccountAdmin(RoleScopedAdmin):
    view_action = Action.MANAGE_LABORATORIES
    add_action = Action.MANAGE_LABORATORIES
    site_path = None
    add_label = _lazy("Say to which laboratory an account belongs")
    form = LaboratoryAccountForm
    verbs = (
        Verb(
            "end",
            _lazy("End"),
            _lazy("The account belongs to it no more"),
            Action.MANAGE_LABORATORIES,
            ReleaseAccountForm,
            end_account,
            lambda account: account.voided_at is None,
            _lazy("It sees nothing of the laboratory from now on. Nothing is deleted."),
        ),
    )
    list_display = ("laboratory", "user", "trial", "voided_at")
    list_select_related = ("user", "trial")
    search_fields = ("laboratory", "user__username")
    ordering = ("laboratory", "id")
    sortable_by = ()
    fields = ("trial", "laboratory", "user")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LaboratoryAccount]:
        """Of the trials in which the person may say so; an administrator of every trial sees them all."""
        codes = Trial.objects.values_list("code", flat=True)
        mine = [
            code
            for code in codes
            if user_may(person_of(request), Action.MANAGE_LABORATORIES, trial_code=code)
        ]
        return LaboratoryAccount.objects.filter(trial__code__in=mine).select_related("user", "trial")

    def name_of(self, obj: LaboratoryAccount) -> str:
        return f"{obj.laboratory} · {obj.user.get_username()}"

    def save_model(
        self,
        request: HttpRequest,
        obj: LaboratoryAccount,
        form: LaboratoryAccountForm,
        change: bool,  # noqa: ARG002
    ) -> None:
        kept = services.bind_account(
            trial=obj.trial,
            laboratory=obj.laboratory,
            user=obj.user,
            by=person_of(request),
            at=timezone.now(),
            reason=form.stated_reason,
        )
        obj.pk = kept.pk

"""The key of the coded arms: a page for the unblinded statistician, and the list of its openings."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import trial_codes_for
from product.admin.unblinding.forms import PasswordForm, hides_passwords, short_text
from product.models import ArmKeyOpening
from product.services.unblinding import LetteredArm, open_arm_key
from trials.models import Trial
from webkit.admin import RoleScopedAdmin, problems_of
from webkit.admin.display import moment
from webkit.admin.requests import person_of


class OpenKeyForm(PasswordForm):
    """The trial, the reason, and the password again."""

    trial = forms.ModelChoiceField(queryset=Trial.objects.none(), label=_lazy("Trial"), empty_label=None)
    reason = short_text(
        _lazy("Why is the key opened?"),
        help_text=_lazy(
            "Kept for good, and listed in the board's next closed report. Do not write an arm here."
        ),
    )
    field_order = ("trial", "reason", "password")

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        codes = trial_codes_for(person_of(request), Action.OPEN_ARM_KEY)
        choice: Any = self.fields["trial"]
        choice.queryset = Trial.objects.filter(code__in=codes).order_by("code")


def open_view(page: "ArmKeyOpeningAdmin", request: HttpRequest) -> HttpResponse:
    """Require a reason, then display the arm of each letter. `admin_view` forbids every cache to store it."""
    if not page.may(request, Action.OPEN_ARM_KEY):
        raise PermissionDenied(
            _("Your account may not do this here: %(action)s.") % {"action": Action.OPEN_ARM_KEY.label}
        )
    form = OpenKeyForm(request, request.POST or None)
    key: tuple[LetteredArm, ...] = ()
    if request.method == "POST" and form.is_valid():
        key = _opened(request, form)
    context = {
        **page.admin_site.each_context(request),
        "title": _("Key of the coded arms"),
        "opts": page.opts,
        "form": form,
        "problems": problems_of(form),
        "key": key,
    }
    return TemplateResponse(request, "admin/product/unblinding/key.html", context)


def _opened(request: HttpRequest, form: OpenKeyForm) -> tuple[LetteredArm, ...]:
    said = {"trial": form.cleaned_data["trial"], "reason": form.cleaned_data["reason"]}
    try:
        return open_arm_key(**said, by=person_of(request), at=timezone.now())
    except ValidationError as refusal:
        form.add_error(None, " ".join(refusal.messages))
        return ()


@admin.register(ArmKeyOpening)
class ArmKeyOpeningAdmin(RoleScopedAdmin):
    view_action = Action.OPEN_ARM_KEY
    site_path = None
    change_list_template = "admin/product/unblinding/key_openings.html"
    list_display = ("when", "trial", "opened_by", "reason")
    list_display_links = None
    ordering = ("-opened_at", "-id")
    sortable_by = ()
    fields = ("trial", "opened_by", "opened_at", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArmKeyOpening]:
        return super().get_queryset(request).select_related("trial", "opened_by")

    def get_urls(self) -> list[URLPattern]:
        view = hides_passwords(self.admin_site.admin_view(partial(open_view, self)))
        return [path("open/", view, name="product_armkeyopening_open"), *super().get_urls()]

    def name_of(self, obj: ArmKeyOpening) -> str:
        return f"{obj.trial.code} · {moment(obj.opened_at)}"

    @admin.display(description=_lazy("Opened"))
    def when(self, obj: ArmKeyOpening) -> str:
        return moment(obj.opened_at)

"""The production unit's pages: allocations, batches, dispensed doses. Sealed: each opening is logged."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action, ClearanceGround
from product import services
from product.models import Allocation, ProductBatch
from trials.models import Infusion, Participant, ProtocolVersion, Trial
from webkit.admin import RecordForm, SealedAdmin
from webkit.admin.fields import DayField, MomentField, NumberInput, YesNoField
from webkit.admin.requests import attribution


class UnitPage(SealedAdmin):
    """Base of the unit's three pages: one trial, its protocol's arms, its batches."""

    list_per_page = 100

    @admin.display(description=_lazy("Arm"))
    def arm_shown(self, obj: Any) -> str:
        return self._arm(obj, obj.arm_code)

    @admin.display(description=_lazy("Received"))
    def received_shown(self, obj: Any) -> str:
        return self._arm(obj, obj.received_arm_code) if obj.received_arm_code else _("as allocated")

    _words: Mapping[int, Mapping[str, str]] = {}
    """The labels of the arms by trial, read once per list.

    Threads share the page: each of them reads this once.
    """

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        self._words = {}
        return super().get_queryset(request)

    def _arm(self, obj: Any, code: str) -> str:
        """The arm by the protocol's label; its code where the protocol has none."""
        labels = self._words.get(obj.trial_id)
        if labels is None:
            labels = ProtocolVersion.objects.protocol_of(trial_id=obj.trial_id, on=None).labels()["arm_code"]
            self._words = {**self._words, obj.trial_id: labels}
        return _(labels[code]) if code in labels else code

    def trial_of(self, request: HttpRequest) -> Trial:
        return Trial.objects.get(pk=self.trial_id_of(request))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        trial_id = self.trial_id_of(request)
        if db_field.name in ("arm_code", "received_arm_code"):
            protocol = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None)
            none = [] if db_field.name == "arm_code" else [("", _("As allocated"))]
            return forms.ChoiceField(
                label=db_field.verbose_name.capitalize(),
                choices=[*none, *((a.code, a.label) for a in protocol.arms)],
                required=not none,
                widget=forms.RadioSelect,
            )
        if db_field.name in ("batch", "reference_batch"):
            kwargs["queryset"] = ProductBatch.objects.filter(trial=trial_id).order_by("code")
        if db_field.name == "participant":
            kwargs["queryset"] = Participant.objects.filter(trial=trial_id).enrolled().order_by("code")
        if db_field.name == "infusion":
            kwargs["queryset"] = (
                Infusion.objects.given()
                .filter(trial=trial_id)
                .select_related("participant")
                .order_by("participant__code", "number")
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


BATCH_FIELDS = (
    "code",
    "arm_code",
    "donor_code",
    "released_date",
    "expires_date",
    "cells_million",
    "viability_percent",
    "meets_specification",
    "specification_note",
)


class BatchForm(RecordForm):
    released_date = DayField(label=_lazy("Released on"), required=False)
    expires_date = DayField(label=_lazy("Expires on"), required=False)
    meets_specification = YesNoField(label=_lazy("Does it meet its specification?"))

    class Meta:
        model = ProductBatch
        fields = BATCH_FIELDS
        widgets = {
            "cells_million": NumberInput,
            "viability_percent": NumberInput,
            "specification_note": forms.Textarea(attrs={"rows": 2}),
        }


@admin.register(ProductBatch)
class ProductBatchAdmin(UnitPage):
    view_action = Action.VIEW_PRODUCT
    add_action = change_action = Action.MANAGE_PRODUCT
    form = BatchForm
    list_display = (
        "code",
        "arm_shown",
        "donor_code",
        "released_date",
        "cells_million",
        "viability_percent",
        "meets_specification",
    )
    search_fields = ("code", "donor_code")
    ordering = ("code",)
    fieldsets = (
        (
            _lazy("Which batch"),
            {"fields": ["code", "arm_code", "donor_code", ("released_date", "expires_date")]},
        ),
        (
            _lazy("What is in it"),
            {"fields": [("cells_million", "viability_percent"), "meets_specification", "specification_note"]},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return ("code", "arm_shown") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The arm of an existing batch is displayed by its label and cannot be changed."""
        if obj is None:
            return super().get_fieldsets(request, obj)
        which, *rest = super().get_fieldsets(request, obj)
        names = ["arm_shown" if name == "arm_code" else name for name in which[1]["fields"]]
        return [(which[0], {**which[1], "fields": names}), *rest]

    def save_model(self, request: HttpRequest, obj: ProductBatch, form: BatchForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        values = {name: form.cleaned_data[name] for name in BATCH_FIELDS if name in form.cleaned_data}
        if change:
            services.correct_batch(
                batch=obj,
                changes={name: value for name, value in values.items() if name in form.changed_data},
                **said,
            )
        else:
            obj.pk = services.receive_batch(trial=self.trial_of(request), **values, **said).pk


class AllocationForm(RecordForm):
    allocated_at = MomentField(label=_lazy("Allocated at"), required=False)

    class Meta:
        model = Allocation
        fields = (
            "participant",
            "arm_code",
            "received_arm_code",
            "allocated_at",
        )  # the batch is sealed: read on each request
        help_texts = {
            "reference_batch": _lazy("The batch that would be dispensed on that day, whatever the arm.")
        }


@admin.register(Allocation)
class AllocationAdmin(UnitPage):
    view_action = Action.VIEW_ALLOCATION
    add_action = change_action = Action.ALLOCATE
    form = AllocationForm
    clearance_ground = ClearanceGround.ROLE
    list_display = ("participant", "arm_shown", "received_shown", "allocated_at", "reference_batch")
    list_select_related = ("participant", "reference_batch")
    search_fields = ("participant__code",)
    search_help_text = _lazy("Participant's code")
    ordering = ("participant__code",)

    def name_of(self, obj: Allocation) -> str:
        return obj.participant.code

    def get_fieldsets(self, request: HttpRequest, obj: Allocation | None = None) -> Any:
        names = ["arm_code", "allocated_at", "reference_batch"]
        names = ["participant", *names] if obj is None else [*names, "received_arm_code"]
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        return [(None, {"fields": [*names, *why]})]

    def save_model(self, request: HttpRequest, obj: Allocation, form: AllocationForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            values: dict[str, Any] = {
                name: form.cleaned_data[name]
                for name in ("arm_code", "received_arm_code", "allocated_at", "reference_batch")
                if name in form.changed_data
            }
            services.correct_allocation(participant=obj.participant, changes=values, **said)
            return
        obj.pk = services.allocate_participant(
            participant=obj.participant,
            arm_code=obj.arm_code,
            allocated_at=obj.allocated_at,
            reference_batch=obj.reference_batch,
            **said,
        ).pk

    def say_saved(self, request: HttpRequest, obj: Allocation, *, is_new: bool) -> str:  # noqa: ARG002
        return _("Allocation of %(code)s kept under seal.") % {"code": obj.participant.code}

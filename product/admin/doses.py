"""The production unit's page of dispensed doses: the product in the bag of each infusion. Sealed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from product import services
from product.admin.deviation_verbs import DOSE_VERBS
from product.admin.sealed import UnitPage
from product.models import DispensedDose
from trials.models import Infusion
from webkit.admin import RecordForm
from webkit.admin.fields import NumberInput
from webkit.admin.requests import person_of


class InfusionChoice(forms.ModelChoiceField[Infusion]):
    """An infusion by its participant's code and number."""

    def label_from_instance(self, obj: Infusion) -> str:
        return _("%(participant)s, infusion %(number)d") % {
            "participant": obj.participant.code,
            "number": obj.number,
        }


class DoseForm(RecordForm):
    class Meta:
        model = DispensedDose
        fields = ("infusion", "cells_million", "viability_percent", "out_of_specification_reason")
        field_classes = {"infusion": InfusionChoice}
        widgets = {"cells_million": NumberInput, "viability_percent": NumberInput}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        infusion: Infusion | None = cleaned.get("infusion")
        if infusion is not None:
            self.instance.trial_id, self.instance.participant = infusion.trial_id, infusion.participant
        return cleaned


@admin.register(DispensedDose)
class DispensedDoseAdmin(UnitPage):
    view_action = Action.VIEW_PRODUCT
    add_action = Action.MANAGE_PRODUCT
    form = DoseForm
    verbs = DOSE_VERBS
    list_display = ("participant", "infusion_number", "batch", "cells_million", "viability_percent", "state")
    list_select_related = ("participant", "infusion", "batch")
    search_fields = ("participant__code", "batch__code")
    search_help_text = _lazy("Participant or batch")
    ordering = ("participant__code", "infusion__number")
    fields = ("infusion", "batch", ("cells_million", "viability_percent"), "out_of_specification_reason")

    def name_of(self, obj: DispensedDose) -> str:
        return _("%(participant)s, infusion %(number)d") % {
            "participant": obj.participant.code,
            "number": obj.infusion.number,
        }

    @admin.display(description=_lazy("Infusion"))
    def infusion_number(self, obj: DispensedDose) -> str:
        return str(obj.infusion.number)

    @admin.display(description=_lazy("State"))
    def state(self, obj: DispensedDose) -> str:
        return _("void: %(why)s") % {"why": obj.void_reason} if obj.voided_at else _("recorded")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "infusion":
            kwargs["form_class"] = InfusionChoice
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: DispensedDose, form: DoseForm, change: bool) -> None:  # noqa: ARG002
        obj.pk = services.dispense_dose(
            infusion=obj.infusion,
            batch=obj.batch,
            cells_million=obj.cells_million,
            viability_percent=obj.viability_percent,
            out_of_specification_reason=obj.out_of_specification_reason,
            by=person_of(request),
            at=timezone.now(),
            reason=form.stated_reason,
        ).pk

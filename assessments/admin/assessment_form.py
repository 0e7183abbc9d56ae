"""The line for one day of one participant, and the form for its correction."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _lazy

from assessments.models import DailyAssessment
from assessments.models.assessments import RECORDED, SOFA_FIELDS
from webkit.admin import RecordForm
from webkit.admin.fields import DayField, NumberInput, YesNoField
from webkit.admin.forms import NamedRefusals

MMHG, KPA = "mmhg", "kpa"
PRESSURE_UNITS = ((MMHG, "mmHg"), (KPA, "kPa"))
PRESSURES = frozenset({"pao2_mmhg", "pao2_kpa"})
YES_NO = (("", "–"), ("True", _lazy("Yes")), ("False", _lazy("No")))
SHORT = {
    "sofa_respiration": _lazy("Lungs"),
    "sofa_coagulation": _lazy("Clotting"),
    "sofa_liver": _lazy("Liver"),
    "sofa_cardiovascular": _lazy("Circulation"),
    "sofa_cns": _lazy("Brain"),
    "sofa_renal": _lazy("Kidneys"),
}
"""The organs in a nurse's words; the full name is in the help of the column."""
LABELS = {
    "fio2_fraction": _lazy("FiO₂ (0.21–1.00)"),
    "ventilation": _lazy("Support"),
    "peep_cmh2o": _lazy("PEEP (cmH₂O)"),
    "vasopressor": _lazy("Vasopressor"),
    "renal_replacement": _lazy("Dialysis or filtration"),
    "blood_product_given": _lazy("Blood product or immunoglobulin"),
    "place": _lazy("Where"),
    "no_sample_improved": _lazy("No gas: improved"),
    **SHORT,
}
LINE = (
    "fio2_fraction",
    "ventilation",
    "peep_cmh2o",
    *SOFA_FIELDS,
    "vasopressor",
    "renal_replacement",
    "blood_product_given",
    "place",
)


class DayForm(NamedRefusals, forms.ModelForm[DailyAssessment]):
    """One day, in the order of the sheet. An empty field is not recorded; an empty line is no day."""

    pao2 = forms.DecimalField(label=_lazy("PaO₂"), required=False, widget=NumberInput)
    vasopressor = forms.NullBooleanField(required=False, widget=forms.Select(choices=YES_NO))
    renal_replacement = forms.NullBooleanField(required=False, widget=forms.Select(choices=YES_NO))
    blood_product_given = forms.NullBooleanField(required=False, widget=forms.Select(choices=YES_NO))
    no_sample_improved = forms.BooleanField(required=False)

    class Meta:
        model = DailyAssessment
        fields = (*LINE, "no_sample_improved")

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        for name, label in LABELS.items():
            self.fields[name].label = label
        for name in ("fio2_fraction", "peep_cmh2o", *SOFA_FIELDS):
            self.fields[name].widget = NumberInput()
        for name in ("ventilation", "place"):
            choices = [choice for choice in self.fields[name].choices if choice[0]]  # type: ignore[attr-defined]
            self.fields[name].choices = [("", "–"), *choices]  # type: ignore[attr-defined]
        self.empty_permitted, self.use_required_attribute = True, False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.pao2_kpa = cleaned.get("pao2") if self.unit == KPA else None
        self.instance.pao2_mmhg = cleaned.get("pao2") if self.unit == MMHG else None
        cleaned["no_sample_improved"] = True if cleaned.get("no_sample_improved") else None
        return cleaned

    def values(self) -> dict[str, Any]:
        """The fields of the day, for the service."""
        named = {name: self.cleaned_data[name] for name in (*LINE, "no_sample_improved")}
        return {f"pao2_{self.unit}": self.cleaned_data["pao2"], **named}

    def add_error(self, field: str | None, error: Any) -> None:
        """Refusals about the pressure are at its field; those about the day are above the line."""
        if hasattr(error, "error_dict"):
            by_place = {
                "pao2" if name in PRESSURES else name: each for name, each in error.error_dict.items()
            }
            error = ValidationError(by_place)
        super().add_error(field, error)


class AssessmentForm(RecordForm):
    """A recorded day that is corrected."""

    left_icu_date = DayField(label=_lazy("Left intensive care on"), required=False)
    left_hospital_date = DayField(label=_lazy("Left hospital on"), required=False)
    vasopressor = YesNoField(label=_lazy("Vasopressor"))
    renal_replacement = YesNoField(label=_lazy("Dialysis or filtration"))
    blood_product_given = YesNoField(label=_lazy("Blood product or immunoglobulin"))
    alive = YesNoField(label=_lazy("Seen alive"))
    no_sample_improved = YesNoField(label=_lazy("No blood gas because of improvement"))

    class Meta:
        model = DailyAssessment
        fields = RECORDED
        widgets = dict.fromkeys(
            ("pao2_mmhg", "pao2_kpa", "fio2_fraction", "pf_ratio_given", "peep_cmh2o", *SOFA_FIELDS),
            NumberInput,
        )
        help_texts = {
            "pao2_kpa": _lazy(
                "As charted; it is kept with its mmHg. Corrected in one unit, the other follows."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """A pressure corrected in one unit removes the one in the other before the rules are checked."""
        cleaned = super().clean()
        changed = PRESSURES & set(self.changed_data)
        if changed == {"pao2_kpa"}:
            cleaned["pao2_mmhg"] = None
        elif changed == {"pao2_mmhg"}:
            cleaned["pao2_kpa"] = None
        return cleaned

    def changes(self) -> dict[str, Any]:
        """The changes, for the service."""
        return {name: self.cleaned_data[name] for name in RECORDED if name in self.changed_data}

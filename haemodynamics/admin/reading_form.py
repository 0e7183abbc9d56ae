"""The entry row of a haemodynamic check: fields in the order of the monitor, then ventilator and pumps."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haemodynamics.choices import RateUnit, Vasopressor
from haemodynamics.models import HaemodynamicReading
from haemodynamics.models.readings import pharmacy_salt
from haemodynamics.rules import RunningVasopressor, fio2_in_percent
from trials.choices import Salt
from webkit.admin import RecordForm
from webkit.admin.fields import MomentField, NumberInput, YesNoField
from webkit.refusals import localised

MONITOR = (
    "heart_rate_bpm",
    "sbp_mmhg",
    "dbp_mmhg",
    "map_mmhg",
    "spo2_percent",
    "respiratory_rate_min",
    "temperature_c",
)
VENTILATOR = ("respiratory_support", "fio2_fraction", "peep_cmh2o")
SIGN_FIELDS = ("new_ventricular_arrhythmia", "cardioversion", "cardiac_arrest", "transfusion_type_reaction")
FIELDS = ("taken_at", *MONITOR, *VENTILATOR, *SIGN_FIELDS)
LABELS = {
    "heart_rate_bpm": _("Heart rate (/min)"),
    "sbp_mmhg": _("Systolic (mmHg)"),
    "dbp_mmhg": _("Diastolic (mmHg)"),
    "map_mmhg": _("Mean (mmHg)"),
    "spo2_percent": _("SpO₂ (%)"),
    "respiratory_rate_min": _("Breaths (/min)"),
    "temperature_c": _("Temperature (°C)"),
    "respiratory_support": _("Support"),
    "fio2_fraction": _("FiO₂ (0.21–1.00)"),
    "peep_cmh2o": _("PEEP (cmH₂O)"),
}


class FractionField(forms.DecimalField):
    """An FiO2: a value most likely read in percent is refused for that before its digits are counted."""

    def run_validators(self, value: Any) -> None:
        refusal = fio2_in_percent(value) if isinstance(value, Decimal) else None
        if refusal:
            raise ValidationError(localised(refusal, HaemodynamicReading))
        super().run_validators(value)


class ReadingForm(RecordForm):
    """A reading and its pumps. An empty field is "not recorded", never zero."""

    taken_at = MomentField(label=_("Read at"))
    no_vasopressor = forms.BooleanField(label=_("Looked: no vasopressor is running"), required=False)

    class Meta:
        model = HaemodynamicReading
        fields = FIELDS
        field_classes: ClassVar = {"fio2_fraction": FractionField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not set(FIELDS) <= set(self.fields):
            return  # displayed to a person who may only read
        for name, label in LABELS.items():
            self.fields[name].label = label
            if name != "respiratory_support":
                self.fields[name].widget = NumberInput()
        for name in SIGN_FIELDS:
            self.fields[name] = YesNoField(
                label=str(self._meta.model._meta.get_field(name).verbose_name).capitalize()
            )
        for agent in Vasopressor:
            self._add_pump(agent)

    def _add_pump(self, agent: Vasopressor) -> None:
        known = {pump.agent: pump for pump in self.instance.vasopressors.all()} if self.instance.pk else {}
        pump = known.get(agent)
        units = [
            choice
            for choice in RateUnit.choices
            if (choice[0].startswith("U/")) == (agent == Vasopressor.VASOPRESSIN)
        ]
        self.fields[f"rate_{agent}"] = forms.DecimalField(
            label=agent.label,
            required=False,
            min_value=0,
            widget=NumberInput(),
            initial=pump.rate if pump else None,
        )
        self.fields[f"unit_{agent}"] = forms.ChoiceField(
            label=_("Unit"), required=False, choices=units, initial=pump.unit if pump else None
        )
        self.fields[f"salt_{agent}"] = forms.ChoiceField(
            label=_("Milligrams of"),
            required=False,
            choices=Salt.choices,
            initial=pump.salt if pump else self._salt_of_the_pharmacy(agent),
        )

    def _salt_of_the_pharmacy(self, agent: Vasopressor) -> str:
        """The salt of a new pump's milligrams at this site."""
        if self.instance.participant_id is None:
            return Salt.UNKNOWN
        return pharmacy_salt(self.instance.participant, agent)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        running = [agent for agent in Vasopressor if cleaned.get(f"rate_{agent}") is not None]
        if cleaned.get("no_vasopressor") and any(cleaned[f"rate_{agent}"] > 0 for agent in running):
            self.add_error(
                "no_vasopressor", _("No vasopressor: a rate is entered beside it; leave one of the two.")
            )
        if not self.errors and self.instance.pk is None and self._is_only_suggested(cleaned, running):
            cleaned["respiratory_support"] = ""
        self.instance.vasopressors_checked = True if running or cleaned.get("no_vasopressor") else None
        self.instance.judged_at, self.instance.lines = timezone.now(), self.rates()
        return cleaned

    def _unread_answers(self) -> frozenset[str]:
        """The first field does not report "nothing was read" when a field has unreadable text."""
        unread = super()._unread_answers()
        return unread | {MONITOR[0]} if unread else unread

    def _is_only_suggested(self, cleaned: dict[str, Any], running: list[Vasopressor]) -> bool:
        """Whether nothing was entered: the suggested support of the previous check alone is no reading."""
        typed = (*MONITOR, "fio2_fraction", "peep_cmh2o", *SIGN_FIELDS)
        return (
            not running
            and not cleaned.get("no_vasopressor")
            and all(cleaned.get(name) in (None, "") for name in typed)
            and cleaned.get("respiratory_support") == self.initial.get("respiratory_support")
        )

    def values(self) -> dict[str, Any]:
        """The reading's own fields, for the service."""
        return {
            **{name: self.cleaned_data[name] for name in FIELDS},
            "vasopressors_checked": self.instance.vasopressors_checked,
        }

    def rates(self) -> list[RunningVasopressor]:
        """The entered pumps, for the service."""
        return [
            RunningVasopressor(
                agent.value,
                rate,
                self.cleaned_data[f"unit_{agent}"],
                self.cleaned_data[f"salt_{agent}"] or self._salt_of_the_pharmacy(agent),
            )
            for agent in Vasopressor
            if (rate := self.cleaned_data.get(f"rate_{agent}")) is not None
        ]

    def pump_rows(self) -> Iterator[dict[str, Any]]:
        """The fields of each pump side by side."""
        for agent in Vasopressor:
            yield {
                "agent": agent,
                "rate": self[f"rate_{agent}"],
                "unit": self[f"unit_{agent}"],
                "salt": self[f"salt_{agent}"],
            }

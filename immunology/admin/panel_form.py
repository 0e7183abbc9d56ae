"""The form of a laboratory run: the run once, then one row per specificity."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from immunology.choices import Conjugate, HlaClass, Treatment
from webkit.admin.fields import MomentField, NumberInput
from webkit.admin.forms import NamedRefusals

NEAT = Decimal(1)
ROWS_OFFERED = 30
"""A screening panel of about this many antigens is typed at once (our own choice).

Longer ones come by the API.
"""


class PanelForm(NamedRefusals, forms.Form):
    """The common data of all results of the run."""

    run_code = forms.CharField(
        label=_("Run"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "medium", "autocomplete": "off"}),
    )
    tested_at = MomentField(label=_("Tested at"), required=False)
    vendor = forms.CharField(
        label=_("Manufacturer"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "medium"}),
    )
    kit = forms.CharField(
        label=_("Kit"), max_length=60, required=False, widget=forms.TextInput(attrs={"class": "medium"})
    )
    lot = forms.CharField(
        label=_("Lot"), max_length=60, required=False, widget=forms.TextInput(attrs={"class": "medium"})
    )
    treatment = forms.ChoiceField(
        label=_("Serum treatment"),
        choices=Treatment.choices,
        initial=Treatment.UNKNOWN,
        widget=forms.RadioSelect,
    )
    conjugate = forms.ChoiceField(
        label=_("Conjugate"), choices=Conjugate.choices, initial=Conjugate.IGG, widget=forms.RadioSelect
    )
    dilution = forms.DecimalField(
        label=_("Dilution"),
        initial=NEAT,
        min_value=NEAT,
        widget=NumberInput,
        help_text=_("1 is neat, 10 is 1:10."),
    )
    positive_control_mfi = forms.DecimalField(
        label=_("Positive control (MFI)"), required=False, max_digits=9, decimal_places=2, widget=NumberInput
    )
    negative_control_mfi = forms.DecimalField(
        label=_("Negative control (MFI)"), required=False, max_digits=9, decimal_places=2, widget=NumberInput
    )


class RowForm(NamedRefusals, forms.Form):
    """One specificity and its MFI. An MFI left empty is "no value", never zero."""

    specificity = forms.CharField(
        label=_("Specificity"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "A*02:01"}),
    )
    hla_class = forms.ChoiceField(label=_("Class"), choices=HlaClass.choices)
    mfi = forms.DecimalField(
        label=_("MFI"), required=False, max_digits=9, decimal_places=2, widget=NumberInput
    )

    bead_count = forms.IntegerField(label=_("Beads"), required=False, min_value=0, widget=NumberInput)

    def has_changed(self) -> bool:
        """A row counts when a specificity or an MFI was typed; a class alone is only the default."""
        return bool({"specificity", "mfi"} & set(self.changed_data))


class _Rows(forms.BaseFormSet[Any]):
    def clean(self) -> None:
        if not any(self.errors) and not any(row.has_changed() for row in self.forms):
            raise forms.ValidationError(_("Results: no row is filled in; enter at least one specificity."))


RowFormSet = forms.formset_factory(RowForm, formset=_Rows, extra=ROWS_OFFERED)

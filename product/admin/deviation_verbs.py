"""Voiding of a product deviation or a dose that should not exist."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from product import services
from product.models import DispensedDose, ProductDeviation
from webkit.admin.verbs import Verb
from webkit.admin.voiding import VoidForm, said, voiding


class VoidProductDeviationForm(VoidForm):
    class Meta:
        model = ProductDeviation
        fields: tuple[str, ...] = ()


class VoidDoseForm(VoidForm):
    class Meta:
        model = DispensedDose
        fields: tuple[str, ...] = ()


def void_product_deviation(
    request: HttpRequest, deviation: ProductDeviation, form: VoidProductDeviationForm
) -> str:
    services.void_product_deviation(deviation=deviation, **said(request, form))
    return _("The deviation is void. It stays readable, and counts nowhere.")


def void_dose(request: HttpRequest, dose: DispensedDose, form: VoidDoseForm) -> str:
    services.void_dispensed_dose(dose=dose, **said(request, form))
    return _("The dose is void. It stays readable, and the right one can be recorded.")


PRODUCT_DEVIATION_VERBS = voiding(Action.MANAGE_PRODUCT, VoidProductDeviationForm, void_product_deviation)


DOSE_VERBS = (
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this dose"),
        Action.MANAGE_PRODUCT,
        VoidDoseForm,
        void_dose,
        lambda dose: dose.voided_at is None,
        _lazy("For a dose recorded by mistake, for example of the wrong bag. Nothing is deleted."),
    ),
)

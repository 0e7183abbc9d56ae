"""Unblindings, dispensed doses and deviations of the product over HTTP.

Of the sealed data only doses and deviations are here, for those who may see the product.
"""

from product.api.dispensed_doses import DispensedDoseViewSet
from product.api.product_deviations import ProductDeviationViewSet
from product.api.unblindings import InadvertentUnblindingViewSet, UnblindingViewSet

ROUTES = (
    ("unblindings", UnblindingViewSet),
    ("inadvertent-unblindings", InadvertentUnblindingViewSet),
    ("dispensed-doses", DispensedDoseViewSet),
    ("product-deviations", ProductDeviationViewSet),
)

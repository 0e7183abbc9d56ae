from product.api.dispensed_doses import DispensedDoseViewSet
from product.api.product_deviations import ProductDeviationViewSet
from product.api.unblindings import InadvertentUnblindingViewSet, UnblindingViewSet

__all__ = [
    "DispensedDoseViewSet",
    "InadvertentUnblindingViewSet",
    "ProductDeviationViewSet",
    "UnblindingViewSet",
]

"""The production unit's log of deviations that concern the product. Sealed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from assessments.admin.deviations import SAID, WIDGETS, _changed, _importance, _state
from product import services
from product.admin.deviation_verbs import PRODUCT_DEVIATION_VERBS
from product.admin.sealed import UnitPage
from product.models import ProductDeviation
from webkit.admin import RecordForm
from webkit.admin.display import partial
from webkit.admin.fields import PartialDateField
from webkit.admin.requests import attribution


class ProductDeviationForm(RecordForm):
    importance = _importance()
    occurred = PartialDateField(label=_lazy("When"))

    class Meta:
        model = ProductDeviation
        fields = ("participant", *SAID)
        widgets = WIDGETS


@admin.register(ProductDeviation)
class ProductDeviationAdmin(UnitPage):
    view_action = Action.VIEW_PRODUCT
    add_action = change_action = Action.MANAGE_PRODUCT
    add_label = _lazy("Record a deviation of the product")
    form = ProductDeviationForm
    verbs = PRODUCT_DEVIATION_VERBS
    list_display = ("participant", "category", "importance", "when", "description", "state")
    list_select_related = ("participant",)
    search_fields = ("participant__code",)
    search_help_text = _lazy("Participant's code")
    ordering = ("-occurred_earliest_at", "-id")
    fields = ("participant", *SAID)

    def name_of(self, obj: ProductDeviation) -> str:
        return f"{obj.participant.code} · {obj.get_category_display()}"

    @admin.display(description=_lazy("When"))
    def when(self, obj: ProductDeviation) -> str:
        return partial(obj.occurred)

    @admin.display(description=_lazy("State"))
    def state(self, obj: ProductDeviation) -> str:
        return _state(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return ("participant",) if obj else ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if context.get("original") is None:
            context["title"] = self.add_label
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: ProductDeviation, form: ProductDeviationForm, change: bool
    ) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            services.correct_product_deviation(deviation=obj, changes=_changed(form), **said)
            return
        values = {name: form.cleaned_data[name] for name in SAID}
        obj.pk = services.record_product_deviation(participant=obj.participant, values=values, **said).pk

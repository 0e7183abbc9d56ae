"""The HLA typing of the donors, entered by the production unit. Sealed."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.choices import Action
from immunology import services
from immunology.models import DonorTyping
from trials.models import Trial
from webkit.admin import RecordForm, SealedAdmin
from webkit.admin.requests import person_of


class TypingForm(RecordForm):
    class Meta:
        model = DonorTyping
        fields = ("donor_code", "locus", "specificity")


@admin.register(DonorTyping)
class DonorTypingAdmin(SealedAdmin):
    view_action = Action.VIEW_PRODUCT
    add_action = Action.MANAGE_PRODUCT
    form = TypingForm
    list_display = ("donor_code", "locus", "specificity")
    list_display_links = None
    search_fields = ("donor_code", "specificity")
    ordering = ("donor_code", "locus", "specificity")
    sortable_by = ()
    fields = ("donor_code", "locus", "specificity")

    def save_model(self, request: HttpRequest, obj: DonorTyping, form: TypingForm, change: bool) -> None:  # noqa: ARG002
        kept = services.record_donor_typing(
            trial=Trial.objects.get(pk=self.trial_id_of(request)),
            donor_code=obj.donor_code,
            locus=obj.locus,
            specificity=obj.specificity,
            by=person_of(request),
            at=timezone.now(),
            reason=form.stated_reason,
        )
        obj.pk = kept.pk

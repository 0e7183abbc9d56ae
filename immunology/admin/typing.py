"""The HLA typing of the donors, entered by the production unit. Sealed."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from immunology import services
from immunology.models import DonorTyping
from trials.models import Trial
from webkit.admin import RecordForm, SealedAdmin
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb


class TypingForm(RecordForm):
    class Meta:
        model = DonorTyping
        fields = ("donor_code", "locus", "specificity")


class CorrectTypingForm(NamedRefusals, forms.ModelForm[DonorTyping]):
    specificities = forms.CharField(
        label=_lazy("The whole typing as it should be"),
        help_text=_lazy("Alleles or antigens, separated by blanks: A*02:01 A*24:02 B*07:02"),
        widget=forms.TextInput(attrs={"class": "long"}),
    )
    reason = forms.CharField(
        label=_lazy("Why is it corrected?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = DonorTyping
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Skip the record's own validation: a correction is a proposal."""


def correct_typing(request: HttpRequest, typing: DonorTyping, form: CorrectTypingForm) -> str:
    services.propose_typing(
        trial=typing.trial,
        donor_code=typing.donor_code,
        specificities=form.cleaned_data["specificities"].split(),
        **attribution(request, reason=form.cleaned_data["reason"]),
    )
    return _(
        "Proposed. It counts when the unblinded statistician has seen what it changes and has signed it."
    )


@admin.register(DonorTyping)
class DonorTypingAdmin(SealedAdmin):
    view_action = Action.VIEW_PRODUCT
    add_action = Action.MANAGE_PRODUCT
    form = TypingForm
    list_display = ("donor_code", "locus", "specificity")
    verbs = (
        Verb(
            "correct",
            _lazy("Correct"),
            _lazy("Propose the correction"),
            Action.MANAGE_PRODUCT,
            CorrectTypingForm,
            correct_typing,
            lambda typing: typing.voided_at is None,
            _lazy("A correction is a new version. The earlier one stays readable."),
        ),
    )
    search_fields = ("donor_code", "specificity")
    ordering = ("donor_code", "locus", "specificity")
    sortable_by = ()
    fields = ("donor_code", "locus", "specificity")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DonorTyping]:
        return super().get_queryset(request).filter(voided_at=None)

    def name_of(self, obj: DonorTyping) -> str:
        return f"{obj.donor_code} · {obj.specificity}"

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

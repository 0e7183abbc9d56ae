"""The form that every record's page shares: a reason for a change, and nobody's work overwritten unseen."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

FIRST_ENTRY = "first entry"
"""The reason kept with a new record; a person gives one for every change (21 CFR 11.10(e))."""


class RecordForm(forms.ModelForm[Any]):
    """A record's form. A change asks for its reason, and refuses when the record moved on since it was opened."""

    reason = forms.CharField(
        label=_("Reason for the change"),
        help_text=_("Kept with the record for good, for example: “typing error”, “laboratory called back”."),
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
        max_length=500,
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields.pop("reason", None)
            self.fields.pop("seen_version", None)
        else:
            self.initial.setdefault("seen_version", getattr(self.instance, "version", None))

    refusal: ClassVar[ValidationError | None] = None
    """What the service refused when the form was sent; shown when the page is built again."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.refusal is not None:
            self.add_error(None, self.refusal)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        seen = cleaned.get("seen_version")
        if self.instance.pk and seen and getattr(self.instance, "version", seen) != seen:
            raise ValidationError(
                _(
                    "Somebody else changed this record since you opened it. "
                    "Open it again to see what is new, then enter your change."
                )
            )
        return cleaned

    @property
    def stated_reason(self) -> str:
        """What the trail keeps with this save."""
        return str(self.cleaned_data.get("reason") or FIRST_ENTRY)

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's, but a refusal about a field that is not on the page is shown above it and not lost."""
        if not hasattr(error, "error_dict"):
            super().add_error(field, error)
            return
        for name, errors in error.error_dict.items():
            known = name if name in self.fields or name == NON_FIELD_ERRORS else None
            super().add_error(None if known in (None, NON_FIELD_ERRORS) else known, ValidationError(errors))

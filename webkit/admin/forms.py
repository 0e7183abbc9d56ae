"""The form of every record's page: a reason for each change, and no overwriting of another person's change."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.utils import pretty_name
from django.utils.translation import gettext_lazy as _

from audit.choices import FIRST_ENTRY
from webkit.admin.combo import refuse_typed
from webkit.admin.display import dates_in_words
from webkit.forms.refusals import sentences

"""The reason kept with a new record; a person gives one for every change (21 CFR 11.10(e))."""


HIDDEN = "…"


class NamedRefusals(forms.BaseForm):
    """For every form: each refusal names the field, the value and the rule."""

    _unread: frozenset[str] = frozenset()
    """The fields whose answers could not be read, while a record's rules judge it without them."""

    refusal: ClassVar[ValidationError | None] = None
    """What the service refused when the form was sent; shown when the page is built again."""

    def full_clean(self) -> None:
        """As Django's, and the refusal of the service."""
        super().full_clean()
        if self.is_bound and self.refusal is not None:
            self.add_error(None, self.refusal)

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django's, in our words; a refusal about a field that is not on the page is displayed at the top."""
        refusal = error if isinstance(error, ValidationError) else ValidationError(error)
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {field: refusal.error_list}
        for name, errors in by_field.items():
            if name in self._unread:
                continue  # the field counts as empty because its text could not be read, which is reported already
            super().add_error(name if name in self.fields else None, self._named(name, errors))

    def _named(self, name: str | None, errors: list[ValidationError]) -> list[ValidationError]:
        if name is None or name == NON_FIELD_ERRORS:
            return errors
        field = self.fields.get(name)
        said = sentences(
            ValidationError(errors), label=self._label_of(name), value=self._typed(name), field=field
        )
        return [
            ValidationError(dates_in_words(text), code=error.code)
            for text, error in zip(said, errors, strict=True)
        ]

    def _label_of(self, name: str) -> str:
        """The field's label; for a field that is not on the page, the name in the record."""
        if name in self.fields:
            return str(self.fields[name].label or pretty_name(name))
        model = getattr(getattr(self, "_meta", None), "model", None)
        columns = {column.name: column for column in model._meta.fields} if model else {}
        return str(columns[name].verbose_name) if name in columns else pretty_name(name)

    def _typed(self, name: str) -> Any:
        """The typed text; nothing of a password."""
        field = self.fields.get(name)
        if field is None:
            return None
        if getattr(field.widget, "input_type", "") == "password":
            return HIDDEN
        return field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))


class RecordForm(NamedRefusals, forms.ModelForm[Any]):
    """A record's form.

    A change requires a reason, and is refused when the record changed after the form was opened.
    """

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

    def _post_clean(self) -> None:
        self._unread = self._unread_answers()
        super()._post_clean()  # type: ignore[misc]
        self._unread = frozenset()

    def _unread_answers(self) -> frozenset[str]:
        return frozenset(self.errors) & self.fields.keys()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.needs_choices:
            refuse_typed(self)
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
    def needs_choices(self) -> bool:
        """Whether a text without a chosen entry is refused; a draft accepts it."""
        return True

    @property
    def stated_reason(self) -> str:
        """The reason that the trail stores with this save."""
        return str(self.cleaned_data.get("reason") or FIRST_ENTRY)

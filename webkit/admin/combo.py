"""A long list that is searched by typing. Only a chosen entry is a value; typed text never is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

TYPED = "_typed"
"""The suffix of the list's name for the text in its box, added by the script."""


class ComboSelect(forms.Select):
    """A list with a text box. The list has the value; the text of the box is sent beside it.

    With the attribute `data-combo-search` the server finds the entries, see `ask_server`.

    `typed` is the text that was sent without a chosen entry, empty when an entry was chosen or nothing was typed.
    """

    typed = ""

    def __init__(self, *, hint: Any, empty: Any, unchosen: Any = None) -> None:
        said = unchosen or _("is not chosen yet")
        super().__init__(attrs={"data-combo": hint, "data-combo-empty": empty, "data-combo-unchosen": said})

    def ask_server(self, address: str, *, own: Any, unfound: str = "") -> None:
        """Let the server find and order the entries for the text of the box.

        `address` takes the text as `q` and answers `{"terms": [{"value", "label", "matched"}, …]}`; `own` is the source
        of the label; `unfound` is the address to which a text without results is sent.
        """
        self.attrs |= {"data-combo-search": address, "data-combo-own": own}
        if unfound:
            self.attrs["data-combo-unfound"] = unfound

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        self.typed = "" if chosen else " ".join((data.get(name + TYPED) or "").split())
        return chosen

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        typed = {"data-combo-typed": self.typed} if self.typed and not value else {}
        return super().get_context(name, value, {**(attrs or {}), **typed})


def refuse_typed(form: forms.BaseForm) -> None:
    """Refuse every typed text for which no entry was chosen, so that it is not lost without a message."""
    for name, field in form.fields.items():
        typed = getattr(field.widget, "typed", "")
        if typed:
            form.errors.pop(name, None)  # "required" would not name the typed text
            form.add_error(name, not_chosen(field, typed))


def not_chosen(field: forms.Field, typed: str) -> ValidationError:
    """The refusal of a text that is no entry of the list."""
    text = _("%(field)s: “%(typed)s” %(state)s; choose an entry of the list, or empty the field.")
    state = field.widget.attrs["data-combo-unchosen"]
    return ValidationError(text, params={"field": field.label, "typed": typed, "state": state})

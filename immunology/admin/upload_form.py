"""The form for uploading a laboratory's file: a preview first, then the import."""

import base64
import zlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from immunology.choices import Conjugate, Treatment
from immunology.rules.files.parts import Answers, Handling
from immunology.rules.files.reading import read_file
from immunology.services import Upload
from webkit.admin.forms import NamedRefusals

SALT = "immunology.laboratory-file"
LARGEST_PREVIEW_BYTES = 20_000_000
"""Larger files come over the API or the command; own choice."""


class LaboratoryUploadForm(NamedRefusals, forms.Form):
    """A file, and the answers that it does not contain.

    After the preview the file is sent in `looked_at`, signed.
    """

    file = forms.FileField(label=_("File of the laboratory"), required=False)
    lot_file = forms.FileField(
        label=_("Lot file (.eds)"), required=False, help_text=_("Needed for exports of xPONENT.")
    )
    looked_at = forms.CharField(required=False, widget=forms.HiddenInput)
    laboratory = forms.CharField(label=_("Laboratory"), max_length=80)
    date_order = forms.ChoiceField(
        label=_("Order of dates"),
        required=False,
        choices=[
            ("", _("As the file proves it")),
            ("dmy", _("Day, month, year")),
            ("mdy", _("Month, day, year")),
        ],
        widget=forms.RadioSelect,
    )
    decimal = forms.ChoiceField(
        label=_("Decimal separator"),
        required=False,
        choices=[("", _("As the file proves it")), (",", _("Comma")), (".", _("Point"))],
        widget=forms.RadioSelect,
    )
    conjugate = forms.ChoiceField(
        label=_("Conjugate"), choices=Conjugate.choices, initial=Conjugate.IGG, widget=forms.RadioSelect
    )
    treatment = forms.ChoiceField(
        label=_("Serum treatment"),
        choices=Treatment.choices,
        initial=Treatment.UNKNOWN,
        widget=forms.RadioSelect,
    )
    dilution = forms.DecimalField(
        label=_("Dilution"),
        initial=1,
        min_value=1,
        max_digits=6,
        decimal_places=1,
        help_text=_("1 is neat, 10 is 1:10."),
    )

    def __init__(self, *args: Any, asker_id: int, laboratories: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asker_id = asker_id
        if len(laboratories) == 1:
            self.initial.setdefault("laboratory", laboratories[0])

    def clean(self) -> dict[str, Any]:
        """The file itself, or the one that was previewed before."""
        cleaned = super().clean() or {}
        chosen = cleaned.get("file")
        if chosen is not None:
            if chosen.size > LARGEST_PREVIEW_BYTES:
                raise forms.ValidationError(
                    _("File of the laboratory: it is larger than 20 MB; send it over the API.")
                )
            lot = cleaned.get("lot_file")
            cleaned["pieces"] = [(chosen.name, chosen.read()), *([(lot.name, lot.read())] if lot else [])]
        elif cleaned.get("looked_at"):
            cleaned["pieces"] = self._looked_at(cleaned["looked_at"])
        else:
            raise forms.ValidationError(_("File of the laboratory: choose one."))
        return cleaned

    def _looked_at(self, packed: str) -> list[tuple[str, bytes]]:
        try:
            said = signing.loads(packed, salt=f"{SALT}.{self.asker_id}")
        except signing.BadSignature as error:
            raise forms.ValidationError(_("File of the laboratory: choose it again.")) from error
        return [(name, zlib.decompress(base64.b85decode(data))) for name, data in said]

    def packed(self) -> str:
        """The file for the next request, signed for the account."""
        pieces = [
            (name, base64.b85encode(zlib.compress(data)).decode())
            for name, data in self.cleaned_data["pieces"]
        ]
        return signing.dumps(pieces, salt=f"{SALT}.{self.asker_id}")

    def upload(self) -> Upload:
        """The file, read."""
        said = self.cleaned_data
        (name, data), *lot = said["pieces"]
        handling = Handling(said["conjugate"], said["dilution"], said["treatment"])
        answers = Answers(said["date_order"], said["decimal"], handling)
        read = read_file(file=name, data=data, answers=answers, lot_file=lot[0] if lot else None)
        return Upload(read, data, said["laboratory"], lot[0] if lot else None)

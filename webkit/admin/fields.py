"""Fields of every form: dates as exactly as known, yes/no that may stay open, times in the trial's zone."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2}))?)?)?", re.ASCII)
_DECIMAL = re.compile(r"^[+-]?\d*\.\d+$")
_TIME = re.compile(r"^(\d{1,2})[:hH.]?(\d{2})?$", re.ASCII)


class PartialDateWidget(forms.MultiWidget):
    """Day, month, year and time in four small fields; unknown parts stay empty."""

    template_name = "webkit/widgets/partial_date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = {"inputmode": "numeric", "autocomplete": "off"}
        parts = (
            forms.TextInput({**number, "class": "date-part", "maxlength": "2"}),
            forms.TextInput({**number, "class": "date-part", "maxlength": "2"}),
            forms.TextInput({**number, "class": "date-part date-year", "maxlength": "4"}),
            forms.TextInput({**number, "class": "date-part date-time", "maxlength": "5"}),
        )
        super().__init__(dict(zip(("day", "month", "year", "time"), parts, strict=True)), attrs)

    def decompress(self, value: str | None) -> list[str]:
        match = _ISO.match(value or "")
        if match is None:
            return ["", "", "", ""]
        year, month, day, time = match.groups()
        return [day or "", month or "", year, time or ""]


class PartialDateField(forms.MultiValueField):
    """Reads `2020`, `2020-04`, `2020-04-06` or `2020-04-06T03:40` out of the four fields.

    Only the format is checked here; the rules check whether the date is possible.
    """

    widget = PartialDateWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        kwargs.pop("strip", None)
        kwargs.pop("empty_value", None)
        fields = [forms.CharField(required=False) for _part in range(4)]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> str:
        day, month, year, time = ([_plain(part) for part in data_list] + [""] * 4)[:4]
        if not any((day, month, year, time)):
            return ""
        if not re.fullmatch(r"[0-9]{4}", year):
            raise ValidationError(_year_wanted(year), params={"value": year})
        if (day and not month) or (time and not day):
            raise ValidationError(
                _("A day needs its month, and a time needs its day; leave empty only what is not known.")
            )
        return f"{year}{_part(month)}{_part(day)}{_time(time)}"


def _plain(text: str | None) -> str:
    """Typed or pasted text in plain digits: full-width digits and those of other scripts are digits, a “²” is not."""
    typed = (text or "").strip()
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in typed)


def _year_wanted(year: str) -> Any:
    if year:
        return _("“%(value)s” is not a year; write it with four digits, like 2026.")
    return _("The year is left empty; give at least the year, with four digits.")


def _part(text: str) -> str:
    if not text:
        return ""
    if not (text.isascii() and text.isdigit()):
        raise ValidationError(_("“%(value)s” is not a number of a day or a month."), params={"value": text})
    return f"-{int(text):02d}"


def _time(text: str) -> str:
    if not text:
        return ""
    match = _TIME.match(f"{text[:2]}:{text[2:]}" if len(text) == len("0340") and text.isdigit() else text)
    if match is None:
        raise ValidationError(_("“%(value)s” is not a time: write 03:40."), params={"value": text})
    return f"T{int(match[1]):02d}:{match[2] or '00'}"


YES_NO = (("True", _("Yes")), ("False", _("No")))
YES_NO_OPEN = (*YES_NO, ("", _("Not known")))


class YesNoField(forms.NullBooleanField):
    """Yes, no, or not known: not known is never stored as no."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect(choices=YES_NO_OPEN))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return (
            {True: "True", False: "False", None: ""}.get(value, value)
            if not isinstance(value, str)
            else value
        )


class MomentWidget(PartialDateWidget):
    """The same four fields for a time that is known to the minute, always with 24 hours."""

    def decompress(self, value: Any) -> list[str]:
        if isinstance(value, str):
            return super().decompress(value)
        if value is None:
            return ["", "", "", ""]
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return [local.strftime(part) for part in ("%d", "%m", "%Y", "%H:%M")]


class MomentField(forms.MultiValueField):
    """Date and time to the minute, in the trial's wall time."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _part in range(4)]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value
        moment: datetime | None = super().clean(value)
        return moment

    def compress(self, data_list: Sequence[str]) -> datetime | None:
        text = PartialDateField(required=False).compress(data_list)
        if not text:
            return None
        if "T" not in text:
            raise ValidationError(_("Give day, month, year and time."))
        return from_current_timezone(_moment(text))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            given = self.compress(data or [])
        except ValidationError:
            return True
        before = initial.replace(second=0, microsecond=0) if isinstance(initial, datetime) else None
        return bool(given != before)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(
            _("“%(value)s” is not a possible date."), params={"value": text.replace("T", " ")}
        ) from error


class DayWidget(PartialDateWidget):
    """Day, month and year."""

    template_name = "webkit/widgets/day.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets = self.widgets[:3]
        self.widgets_names: list[str] = self.widgets_names[:3]

    def decompress(self, value: Any) -> list[str]:
        text = value.isoformat() if isinstance(value, date) else value
        return super().decompress(text)[:3]


class DayField(forms.MultiValueField):
    """A whole day."""

    widget = DayWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _part in range(3)]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> date | None:
        return value if isinstance(value, date) else super().clean(value)

    def compress(self, data_list: Sequence[str]) -> date | None:
        text = PartialDateField(required=False).compress([*data_list, ""])
        if not text:
            return None
        if len(text) < len("2020-04-06"):
            raise ValidationError(_("Give day, month and year."))
        return _moment(text).date()


class NumberInput(forms.TextInput):
    """A number that may be typed with a comma, on a numeric keypad."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "short", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.strip().replace(",", ".") if isinstance(value, str) else value

    def format_value(self, value: Any) -> str | None:
        """With the decimal comma where the language has one; text that is no number is displayed as typed."""
        if value in (None, ""):
            return None
        separator = str(get_format("DECIMAL_SEPARATOR"))
        return str(value).replace(".", separator) if _DECIMAL.match(str(value)) else str(value)

"""Refusals of format in one sentence with field, value and rule, in the same words at every door.

The messages of Django and REST framework ("This field is required.") name neither field nor value. They are recognised
by their code. A sentence that already names its field is ours and stays.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

END_OF_A_LABEL = " \u00a0\u202f?:.…"
SHOWN = 60
"""Characters of a refused value that a sentence repeats."""

NEEDED = _lazy("%(field)s: left empty, and it is needed.")
NO_CHOICE = _lazy("%(field)s: “%(value)s” is none of the choices.")
SENTENCES: Mapping[str, Promise] = {
    "required": NEEDED,
    "blank": NEEDED,
    "null": NEEDED,
    "empty": NEEDED,
    "incomplete": _lazy("%(field)s: given in part only; give the whole."),
    "invalid_choice": NO_CHOICE,
    "invalid_list": NO_CHOICE,
    "invalid_pk_value": NO_CHOICE,
    "does_not_exist": NO_CHOICE,
    "incorrect_type": NO_CHOICE,
    "unique": _lazy("%(field)s: “%(value)s” is taken already; give another one."),
    "max_length": _lazy("%(field)s: “%(value)s” is too long; at most %(limit)s characters are kept."),
    "min_length": _lazy("%(field)s: “%(value)s” is too short; at least %(limit)s characters are needed."),
    "max_value": _lazy("%(field)s: “%(value)s” is too high; at most %(limit)s."),
    "min_value": _lazy("%(field)s: “%(value)s” is too low; at least %(limit)s."),
    "max_digits": _lazy("%(field)s: “%(value)s” has too many digits; at most %(limit)s."),
    "max_decimal_places": _lazy("%(field)s: “%(value)s” has too many decimal places; at most %(limit)s."),
    "max_whole_digits": _lazy(
        "%(field)s: “%(value)s” has too many digits before the point; at most %(limit)s."
    ),
    "null_characters_not_allowed": _lazy("%(field)s: holds a null character, which cannot be kept."),
}
UNREADABLE: Mapping[str, Promise] = {
    "FloatField": _lazy("%(field)s: “%(value)s” is not a number."),
    "DecimalField": _lazy("%(field)s: “%(value)s” is not a number."),
    "IntegerField": _lazy("%(field)s: “%(value)s” is not a whole number."),
    "DateTimeField": _lazy("%(field)s: “%(value)s” is not a date with its time; write 2020-04-06T03:40."),
    "DateField": _lazy("%(field)s: “%(value)s” is not a day; write 2020-04-06."),
    "NullBooleanField": _lazy("%(field)s: “%(value)s” is neither yes nor no."),
    "BooleanField": _lazy("%(field)s: “%(value)s” is neither yes nor no."),
    "EmailField": _lazy("%(field)s: “%(value)s” is not an e-mail address."),
}
"""The meaning of "invalid", by the kind of field; Django's fields and REST framework's have the same names."""

LIMITS = ("limit_value", "max")
_NAMED = re.compile(r"^[^\"“«.:][^.:]{0,100}:\s")


def names_its_field(message: str) -> bool:
    """Whether a sentence begins with a field's name and a colon, as ours do."""
    return bool(_NAMED.match(message))


def sentence(
    message: str, *, code: str, label: str, value: object, field: Any = None, limit: object = None
) -> str:
    """A refusal that names its field: ours unchanged, a known one in our words, any other after the field's label."""
    if names_its_field(message):
        return message
    name = capfirst(label.strip().rstrip(END_OF_A_LABEL))
    template = _template(code, field)
    limit = _limit(code, field) if limit is None else limit
    missing = [place for place, known in (("limit", limit), ("value", value)) if known is None]
    if template is None or any(f"%({place})s" in str(template) for place in missing):
        return _("%(field)s: %(message)s") % {"field": name, "message": message}
    return str(template) % {"field": name, "value": shortened(value), "limit": limit}


def sentences(error: ValidationError, *, label: str, value: object = None, field: Any = None) -> list[str]:
    """Every refusal of one field in words."""
    return [
        sentence(
            "".join(one.messages),
            code=one.code or "",
            label=label,
            value=value if value is not None else (one.params or {}).get("value"),
            field=field,
            limit=next(((one.params or {})[key] for key in LIMITS if key in (one.params or {})), None),
        )
        for one in error.error_list
    ]


def shortened(value: object) -> str:
    """The value as given, in a line of at most `SHOWN` characters."""
    parts = value if isinstance(value, list | tuple) else [value]
    text = " ".join(str(part) for part in parts if part not in (None, ""))
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _template(code: str, field: Any) -> Promise | None:
    if code in SENTENCES:
        return SENTENCES[code]
    if not code.startswith("invalid"):
        return None
    kinds = (kind.__name__ for kind in type(field).__mro__)
    return next((UNREADABLE[kind] for kind in kinds if kind in UNREADABLE), None)


def _limit(code: str, field: Any) -> object:
    """The limit from the field itself."""
    name = {"max_decimal_places": "decimal_places"}.get(code, code)
    return getattr(field, name, None)

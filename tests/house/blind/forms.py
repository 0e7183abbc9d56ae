"""Forms as a browser reads and fills them: a field keeps its value, an empty one gets a value by its name or kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

Chosen = Callable[[str, list[str]], str]
"""Which of a field's choices is taken, by the field's name."""


@dataclass
class Field:
    """One field: `kind` is the tag or the type of the input.

    `values` are its choices, `value` what stands in it.
    """

    name: str
    kind: str
    value: str = ""
    required: bool = False
    is_checked: bool = False
    values: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form of a page, and the buttons that send it (name and value, or nothing)."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Forms, with the fields inside them; fields that name their form by its id are put there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._open: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
            self.by_id[given.get("id", "")] = self._form
        elif tag in ("input", "select", "textarea", "button"):
            self._field(tag, given)
        elif tag == "option" and self._open:
            self._open.values.append(given.get("value", ""))
            if "selected" in given:
                self._open.value = given.get("value", "")

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form = self.by_id.get(given.get("form", "")) if "form" in given else self._form
        if form is None or "disabled" in given:
            return
        kind = (
            given.get("type", "text" if tag == "input" else "submit") if tag in ("input", "button") else tag
        )
        if kind == "submit":
            form.buttons.append((given.get("name", ""), given.get("value", ""), given.get("formaction", "")))
        elif name := given.get("name"):
            self._open = Field(name, kind, given.get("value", ""), "required" in given, "checked" in given)
            form.fields.append(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in ("select", "textarea"):
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open and self._open.kind == "textarea":
            self._open.value += data


def forms_of(body: bytes) -> list[Form]:
    """The forms of a page that send something."""
    reader = _Reader()
    reader.feed(body.decode())
    return [form for form in reader.forms if form.method == "post"]


def filled(form: Form, typed: Mapping[str, str], choose: Chosen) -> dict[str, list[str]]:
    """The form's values by name, as a browser sends them."""
    sent: dict[str, list[str]] = {}
    for name, value in _values(form, typed, choose):
        sent.setdefault(name, []).append(value)
    return sent


def _values(form: Form, typed: Mapping[str, str], choose: Chosen) -> Iterator[tuple[str, str]]:
    radios: dict[str, list[Field]] = {}
    for one in form.fields:
        if one.kind == "radio":
            radios.setdefault(one.name, []).append(one)
        elif one.kind == "checkbox":
            if one.is_checked or one.required:
                yield one.name, one.value or "on"
        elif one.kind != "file":
            yield one.name, _value(one, typed, choose)
    for name, group in radios.items():
        checked = [one.value for one in group if one.is_checked and one.value]
        yield name, checked[0] if checked else _chosen(name, [one.value for one in group], typed, choose)


def _value(one: Field, typed: Mapping[str, str], choose: Chosen) -> str:
    if one.kind == "hidden" or one.value.strip():
        return one.value.removeprefix("\n")
    if one.kind == "select":
        return _chosen(one.name, one.values, typed, choose)
    return typed.get(_plain(one.name), typed.get(f"any {one.kind}", "") if one.required else "")


def _chosen(name: str, values: list[str], typed: Mapping[str, str], choose: Chosen) -> str:
    possible = [value for value in values if value]
    wished = typed.get(_plain(name))
    if wished in possible:
        return wished
    return choose(name, possible) if possible else ""


def _plain(name: str) -> str:
    """The field's name without the prefix of a row of many ("form-0-taken_at")."""
    return name.rsplit("-", 1)[-1]

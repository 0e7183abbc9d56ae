"""Days, times and partial dates in templates, in the common format."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.db.models.options import Options
from django.utils.html import strip_tags

from audit.choices import reason_in_words
from webkit.admin import display
from webkit.admin.record_parts import RecordNote

register = template.Library()
register.filter("day", display.day)
register.filter("moment", display.moment)
register.filter("clock", display.clock)
register.filter("partial_date", display.partial)
register.filter("duration", display.duration)
register.filter("reason_in_words", reason_in_words)


@register.filter
def admin_changelist(opts: Options[Any]) -> str:
    """The name of a model's list, for `{% url %}`."""
    return f"admin:{opts.app_label}_{opts.model_name}_changelist"


@register.filter
def at_field(notes: Iterable[RecordNote] | None, name: str) -> list[RecordNote]:
    """The notes that are about this field of the form."""
    return [note for note in notes or () if note.field == name]


@register.filter
def without_link(contents: str) -> str:
    """A related record by its name, without a link, because the reader may not be allowed to open the page."""
    return strip_tags(contents) if str(contents).startswith("<a ") else contents

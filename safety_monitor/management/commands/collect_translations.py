"""`manage.py collect_translations`: new marked texts into the .po files, to be translated; GNU gettext is not needed."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand

from safety_monitor.marked_texts import Marked, marked_texts


class Command(BaseCommand):
    help = "Add the texts that the sources mark and a catalogue does not hold yet, and say which wait for a translation."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        marked = marked_texts()
        for folder in settings.LOCALE_PATHS:
            for path in sorted(Path(folder).rglob("*.po")):
                for text in collect(path, marked):
                    self.stdout.write(f"{path.parent.parent.name}: {text}")


def collect(path: Path, marked: dict[Marked, list[str]]) -> list[str]:
    """Bring one catalogue up to the sources; returns the texts that are still without a translation."""
    catalogue = polib.pofile(str(path), wrapwidth=110)
    known = {(entry.msgid, entry.msgid_plural): entry for entry in catalogue}
    for one, many in sorted(set(marked) - set(known)):
        plural = {"msgid_plural": many, "msgstr_plural": {0: "", 1: ""}} if many else {}
        catalogue.append(polib.POEntry(msgid=one, **plural))
    for text, entry in known.items():
        if text in marked:
            entry.occurrences = [(file, "") for file in sorted(set(marked[text]))]
    catalogue.save()
    return [entry.msgid for entry in catalogue if not entry.translated()]

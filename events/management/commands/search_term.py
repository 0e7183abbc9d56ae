"""`manage.py search_term WORDS --language en|fr --dictionary CTCAE-5.0 --format json`: the matching terms.

The best match is the first.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.choices import WordLanguage
from events.queries.term_search import suggest_terms
from events.queries.word_tables import DICTIONARIES, shipped_terms

USUAL_LIMIT = 5


class Command(BaseCommand):
    help = (
        "Find the terms of a dictionary that fit everyday words, best first. Nothing that fits: an empty list. "
        "A trial's own words are not among them; no database is read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs="+", metavar="WORDS", help="what a nurse would say")
        parser.add_argument("--language", choices=WordLanguage.values, default=WordLanguage.ENGLISH.value)
        parser.add_argument("--dictionary", choices=sorted(DICTIONARIES), required=True)
        parser.add_argument("--limit", type=int, default=USUAL_LIMIT, help="how many terms at most")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError(f"--limit: {options['limit']} is refused; at least one term is shown.")
        version = DICTIONARIES[options["dictionary"]]
        found = suggest_terms(
            version=version,
            language=options["language"],
            text=" ".join(options["words"]),
            limit=options["limit"],
        )
        names = {term.code: term.term for term in shipped_terms(version)}
        listed = [{"code": one.code, "term": names[one.code], "matched": one.matched} for one in found]
        self.stdout.write(
            json.dumps(listed, ensure_ascii=False) if options["format"] == "json" else _as_text(listed)
        )


def _as_text(listed: list[dict[str, str]]) -> str:
    lines = [f"{one['matched']} → {one['term']} ({one['code']})" for one in listed]
    return "\n".join(lines) or "Nothing fits."

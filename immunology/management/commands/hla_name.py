"""`manage.py hla_name NAME… [--release NAME] --format json`: the kind of an HLA name, or a suggestion."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from immunology.queries import serology_named
from immunology.rules.name_answers import NameAnswer, answer_name


class Command(BaseCommand):
    help = "Say what HLA names are: kind, canonical form, locus, antigens; of refused ones why and what was meant."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="+", metavar="NAME", help="for example A*02:01, Cw7 or DR17")
        parser.add_argument("--release", help="an imported release; without it the one imported last")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        serology = serology_named(name=options["release"])
        if serology is None:
            raise CommandError(f"{options['release']}: no release of this name was imported.")
        answers = [answer_name(name, serology) for name in options["names"]]
        if options["format"] == "json":
            self.stdout.write(
                json.dumps([asdict(answer) for answer in answers], ensure_ascii=False, indent=1)
            )
        else:
            self.stdout.write("\n".join(_line(answer) for answer in answers))


def _line(answer: NameAnswer) -> str:
    if answer.kind == "refused":
        meant = f"; was {answer.suggestion} meant?" if answer.suggestion else ""
        return f"{answer.input}: refused, {answer.reason}{meant}"
    antigens = ", ".join(answer.antigens) or "no defined antigen"
    return f"{answer.input}: {answer.kind} {answer.normalised}, locus {answer.locus}, {antigens} ({answer.release})"

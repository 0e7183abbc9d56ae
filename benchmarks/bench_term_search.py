"""The time of one suggestion for a term, against a plain scan of the same phrases in the same run.

    .venv/bin/python benchmarks/bench_term_search.py [--repeats 20]

Prints for each kind of text the slowest word's time (the fastest of its runs), that of the baseline (lower-case
containment over every phrase of the same index), and their ratio; then the time of a process's first search, which
reads the tables. Exit status 1 when a suggestion takes longer than the target. No database is read.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety_monitor.settings")

import django

django.setup()

from events.queries.term_search import index_for, suggest_terms  # noqa: E402 (Django is set up first)

TARGET_SECONDS = 0.05
VERSION = "5.0"
KINDS = {
    "as typed": (
        ("fr", "fièvre"),
        ("en", "kidney failure"),
        ("fr", "saignement"),
        ("en", "clot in the lung"),
    ),
    "first letters": (("en", "a"), ("fr", "s"), ("en", "kid"), ("fr", "hémo")),
    "one wrong letter": (
        ("en", "hypotensoin"),
        ("fr", "insufisence rénale"),
        ("en", "siezure"),
        ("fr", "escrare"),
    ),
    "a sentence": (("en", "feverish and confused since the second infusion"),),
    "nothing": (("en", "qwrtzpqwrt"), ("fr", "zonkage")),
}


def main() -> int:
    """Measure every kind; print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20, help="runs per word; the fastest counts")
    repeats = parser.parse_args().repeats
    started = time.process_time()
    _suggest("en", "zonkage")  # both languages
    first = time.process_time() - started
    worst = 0.0
    print(f"{'kind':<18} {'search ms':>10} {'plain scan ms':>14} {'ratio':>7}")
    for kind, words in KINDS.items():
        search = max(_fastest(partial(_suggest, *word), repeats) for word in words)
        scan = max(_fastest(partial(_scan, *word), repeats) for word in words)
        worst = max(worst, search)
        print(f"{kind:<18} {search * 1000:>10.2f} {scan * 1000:>14.2f} {search / scan:>7.2f}")
    print(f"the first search of a process, both languages: {first * 1000:.0f} ms")
    return int(worst > TARGET_SECONDS)


def _suggest(language: str, words: str) -> Any:
    return suggest_terms(version=VERSION, language=language, text=words, limit=5)


def _scan(language: str, words: str) -> list[str]:
    wanted = words.lower()
    return [phrase.code for phrase in index_for(VERSION, language).phrases if wanted in phrase.text.lower()][
        :5
    ]


def _fastest(work: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    raise SystemExit(main())

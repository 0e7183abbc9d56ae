"""Every task that runs by itself exists, and the page for operators names it."""

import re

from django.conf import settings

from safety_monitor.celery import app
from tests.house.architecture import ROOT


def scheduled() -> set[str]:
    return {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def test_scheduled_tasks_exist() -> None:
    app.loader.import_default_modules()

    assert scheduled() - set(app.tasks) == set()


def test_operators_page_names_what_is_scheduled() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\|[^|]*\| `([a-z_]+\.[a-z_.]+)` \|", page, re.MULTILINE)) == scheduled()

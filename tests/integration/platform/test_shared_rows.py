"""Shared rows are written once, and every test sees them as they were written."""

import pytest

from accounts.models import User
from accounts.services import system_user
from audit.services import attributed
from tests.factories import AT, make_site, make_trial, make_user
from tests.plugins.shared_rows import Ground, shared_rows
from trials.models import Site, Trial

written: list[str] = []


@shared_rows
def trial() -> Trial:
    written.append("trial")
    return make_trial(title="As laid")


@shared_rows
def nurse(trial: Trial) -> User:
    written.append("nurse")
    return make_user("nurse", trial=trial, site=make_site(trial))


@pytest.mark.parametrize("turn", ["first", "second"])
def test_rows_and_objects_are_as_laid_whatever_the_test_before_did(trial: Trial, turn: str) -> None:
    found = Trial.objects.get()
    assert (found.title, trial.title, Site.objects.count()) == ("As laid", "As laid", 0)

    trial.title = turn
    with attributed(by=system_user(), reason="changed by a test", at=AT):
        Trial.objects.update(title=turn)
    make_site(trial)

    assert written.count("trial") == 1


@pytest.mark.parametrize("turn", ["first", "second"])
def test_shared_rows_stand_on_the_same_rows_and_objects(nurse: User, trial: Trial, turn: str) -> None:
    assert Trial.objects.get() == trial
    assert list(Site.objects.values_list("trial", flat=True)) == [trial.pk]

    make_site(trial)

    assert (written.count("trial"), written.count("nurse")) == (1, 1)


@pytest.mark.django_db
def test_what_the_next_test_does_not_ask_for_is_taken_back() -> None:
    ground, lower, upper = Ground(), lambda: make_trial(), lambda: make_trial()  # noqa: PLW0108 (a fixture has no parameters)
    left = []

    for wanted in ({"lower": lower, "upper": upper}, {"lower": lower}, {"lower": upper}, {}):
        ground.stand_on(wanted)
        left.append(Trial.objects.count())

    assert left == [2, 1, 1, 0]

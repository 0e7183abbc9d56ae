"""The draws of the allocation are the same in every run, and differ in all that a symmetric leak could show."""

from dataclasses import replace
from itertools import combinations

from tests.full_fixture import ACTIVE
from tests.house.blind.draws import LONG, SHORT, can_show_a_leak, draws, smaller_arm


def test_draws_are_the_same_each_time() -> None:
    first = draws()
    draws.cache_clear()

    assert draws() == first
    assert [draw.name for draw in first] == ["first", "second", "third", "fourth", "fifth", "sixth"][:LONG]


def test_no_two_draws_of_the_short_run_have_arms_of_the_same_sizes() -> None:
    short = draws()[:SHORT]

    assert len({smaller_arm(draw.arms) for draw in short}) == SHORT
    assert len({draw.treated for draw in short}) == SHORT
    assert len({draw.extra for draw in short}) == SHORT


def test_everybody_changes_the_arm_already_in_the_short_run() -> None:
    short = draws()[:SHORT]

    assert all(len(set(arms)) == 2 for arms in zip(*(draw.everybody for draw in short), strict=True))


def test_nearly_everybody_changes_the_arm_between_the_first_two_draws() -> None:
    """The short run compares in these two what it samples, forms, other moments, people of two roles."""
    first, second, *_ = draws()

    stay = [
        place for place in range(len(first.everybody)) if first.everybody[place] == second.everybody[place]
    ]
    assert len(stay) <= 2
    assert 0 not in stay  # whose rows most pages show


def test_any_two_people_are_together_in_one_draw_and_apart_in_another() -> None:
    places = range(len(draws()[0].everybody))

    assert all(
        len({draw.everybody[one] == draw.everybody[other] for draw in draws()}) == 2
        for one, other in combinations(places, 2)
    )


def test_draws_that_could_show_less_are_not_used() -> None:
    first, *others = draws()
    all_treated = replace(first, arms=(ACTIVE,) * len(first.arms))

    assert can_show_a_leak([first, *others])
    assert not can_show_a_leak([all_treated, *others])
    assert not can_show_a_leak([first] * LONG)


def test_chance_depends_on_the_draw_and_the_subject_alone() -> None:
    first, second = draws()[:2]

    assert first.chance("doses").random() == first.chance("doses").random()
    assert first.chance("doses").random() != first.chance("batches").random()
    assert first.chance("doses").random() != second.chance("doses").random()

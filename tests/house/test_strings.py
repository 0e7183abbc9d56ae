"""Names in strings obey the floors: templates, static files, addresses, model labels, task names."""

import pytest

from tests.house.architecture import FLOORS, ROOT, TOP_FLOOR, climbing_strings, names_of, rooms

NAMES = names_of(ROOT)


@pytest.mark.parametrize("app", [app for app in rooms() if FLOORS[app] < TOP_FLOOR])
def test_strings_go_down(app: str) -> None:
    assert climbing_strings(ROOT, app, NAMES) == []


def test_files_and_addresses_of_the_house_are_known() -> None:
    assert len(NAMES.files) > 30
    assert len(NAMES.addresses) > 20

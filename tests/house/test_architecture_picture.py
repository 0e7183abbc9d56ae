"""The picture of the house shows the present imports."""

import re

from bin.architecture import PICTURE, arrows


def test_picture_shows_each_import_between_rooms() -> None:
    drawn = set(re.findall(r"<title>(\w+) imports (\w+)</title>", PICTURE.read_text(encoding="utf-8")))
    among_equals = {("safety_monitor", "demonstration"), ("demonstration", "safety_monitor")}

    assert drawn == set(arrows()) - among_equals, "run `make architecture`"

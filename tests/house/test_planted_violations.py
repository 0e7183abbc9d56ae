"""Each rule of the house, broken once in a small tree: the test of the rule must fail."""

from pathlib import Path

import pytest

from tests.house.architecture import climbing_strings, names_of
from tests.house.test_floors import climbing_imports, climbing_rungs, unknown_rungs
from tests.house.test_ladder import impure_imports


@pytest.fixture
def plant(tmp_path: Path):
    """Writes a file of a small tree in which `trials` and `reports` are the only rooms."""

    def write(path: str, text: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return tmp_path

    write("trials/__init__.py", "")
    write("reports/__init__.py", "")
    write("reports/templates/reports/page.html", "")
    write("reports/urls.py", 'app_name = "board"\nurlpatterns = [path("x/", view, name="report")]\n')
    return write


def test_import_that_climbs_is_seen(plant) -> None:
    root = plant("trials/services.py", "from reports.models import BoardReport\n")

    assert climbing_imports(root, "trials") == ["trials/services.py imports reports.models.BoardReport"]


def test_import_inside_a_function_is_seen(plant) -> None:
    root = plant("trials/services.py", "def go():\n    import reports.models\n")

    assert climbing_imports(root, "trials") != []


@pytest.mark.parametrize("name", ["bench", "statements", "reach"])
def test_file_without_a_rung_is_seen(plant, name: str) -> None:
    root = plant(f"trials/{name}.py", "")

    assert unknown_rungs(root, "trials") == [f"trials/{name}.py"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("reports/rules/x.py", "from reports.models import BoardReport\n"),
        ("reports/tables/x.py", "from reports.queries import rows\n"),
        ("reports/admin/x.py", "from reports.api import shapes\n"),
    ],
)
def test_rung_that_climbs_is_seen(plant, path: str, text: str) -> None:
    root = plant(path, text)

    assert climbing_rungs(root, "reports") != []


@pytest.mark.parametrize("rung", ["rules", "frames", "tables", "rendering"])
@pytest.mark.parametrize("name", ["django.db", "django.conf", "django.utils.timezone", "celery"])
def test_impure_rung_is_seen(plant, rung: str, name: str) -> None:
    root = plant(f"reports/{rung}/x.py", f"import {name}\n")

    assert impure_imports(root, "reports") != []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("trials/admin/x.py", 'template = "reports/page.html"\n'),
        ("trials/admin/x.py", 'reverse("board:report")\n'),
        ("trials/admin/x.py", 'reverse("admin:reports_boardreport_change")\n'),
        ("trials/admin/x.py", 'apps.get_model("reports.BoardReport")\n'),
        ("trials/tasks.py", 'send_task("reports.tasks.make_report")\n'),
        ("trials/templates/trials/x.html", '{% extends "reports/page.html" %}'),
        ("trials/templates/trials/x.html", "{% url 'board:report' 1 %}"),
    ],
)
def test_string_that_climbs_is_seen(plant, path: str, text: str) -> None:
    root = plant(path, text)

    assert climbing_strings(root, "trials", names_of(root)) != []


def test_string_that_goes_down_is_allowed(plant) -> None:
    root = plant("reports/admin/x.py", 'reverse("admin:trials_trial_change")\n')

    assert climbing_strings(root, "reports", names_of(root)) == []

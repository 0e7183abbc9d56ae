"""Production imports neither the embedded servers of a developer's machine nor the demonstration trial."""

import subprocess
import sys
from pathlib import Path

import pytest

from safety_monitor.environment import REQUIRED
from tests.house.architecture import DEVELOPMENT_SERVICES, ROOT, house_imports, modules, source

NEVER = (DEVELOPMENT_SERVICES, "demonstration", "tests")
OF_TEST_RUNS = "settings_test.py"
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "DATABASE_URL": "postgresql://app@nowhere.invalid/trial",
    "DATABASE_OWNER_URL": "postgresql://owner@nowhere.invalid/trial",
    "CELERY_BROKER_URL": "redis://nowhere.invalid/0",
    "DJANGO_SECRET_KEY": "of this test alone, and long enough to be taken as a key",
}
LOADED = f"""
import sys
{{}}
from django.apps import apps
from django.conf import settings
found = {{{{name.split(".")[0] for name in [*sys.modules, *settings.INSTALLED_APPS]}}}} & set({NEVER!r})
print(settings.SETTINGS_MODULE, apps.ready, sorted(found))
"""
ENTRIES = {
    "web server": "import safety_monitor.wsgi, safety_monitor.urls",
    "worker": "from safety_monitor.celery import app; app.loader.import_default_modules(); app.finalize()",
    "command": "import runpy; sys.argv = ['manage.py', 'check']; runpy.run_path('manage.py', run_name='__main__')",
    "every command": (
        "import safety_monitor.wsgi; from django.core import management as m; "
        "[m.load_command_class(app, name) for name, app in m.get_commands().items()]"
    ),
}
DOORS = {
    "web server": ["-m", "gunicorn", "-c", "safety_monitor/gunicorn_conf.py", "safety_monitor.wsgi"],
    "worker": ["-m", "celery", "-A", "safety_monitor.celery", "worker"],
    "beat": ["-m", "celery", "-A", "safety_monitor.celery", "beat"],
    "command": ["manage.py", "migrate"],
}


def run(words: list[str], environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("entry", ENTRIES)
def test_production_loads_neither_embedded_servers_nor_demonstration(entry: str) -> None:
    done = run(["-c", LOADED.format(ENTRIES[entry])], ENVIRONMENT)

    assert done.stdout.splitlines()[-1:] == ["safety_monitor.settings True []"], done.stdout + done.stderr


def test_no_file_of_the_top_floor_names_them_but_the_settings_of_test_runs() -> None:
    naming = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(ROOT, "safety_monitor")
        for name in source(path).imports
        if name.split(".")[0] in NEVER and path.name != OF_TEST_RUNS
    ]

    assert naming == []


def test_nobody_imports_the_demonstration() -> None:
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")} - {"demonstration"}

    naming = [
        str(path.relative_to(ROOT))
        for app in sorted(apps)
        for path, parts in house_imports(ROOT, app)
        if parts[0] == "demonstration"
    ]

    assert len(apps) > 10
    assert naming == []


@pytest.mark.parametrize(
    ("named", "settings"),
    [
        ({}, "devserver.settings"),
        ({"CELERY_BROKER_URL": "redis://nowhere.invalid"}, "devserver.settings"),
        ({name: ENVIRONMENT[name] for name in REQUIRED}, "safety_monitor.settings"),
        ({**ENVIRONMENT, "DJANGO_SETTINGS_MODULE": "devserver.settings"}, "devserver.settings"),
    ],
    ids=["nothing", "a broker alone", "all", "settings"],
)
def test_command_line_takes_an_environment_with_a_database_for_production(
    named: dict[str, str], settings: str, tmp_path: Path
) -> None:
    program = (
        "import runpy; sys.argv = ['manage.py', 'version']; runpy.run_path('manage.py', run_name='__main__')"
    )

    done = run(
        ["-c", LOADED.format(program)],
        {"PATH": "/usr/bin:/bin", "SAFETY_VAR_DIR": str(tmp_path / "var"), **named},
    )

    found = done.stdout.splitlines()[-1].split()
    assert found[0] == settings
    assert ("'demonstration'" in done.stdout) == (settings == "devserver.settings")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("missing", REQUIRED)
def test_production_refuses_in_one_sentence_what_is_missing(door: str, missing: str) -> None:
    environ = {name: value for name, value in ENVIRONMENT.items() if name != missing}
    environ.pop("DATABASE_OWNER_URL")
    if (
        missing == "DATABASE_URL"
    ):  # by itself manage.py takes an environment without database for a developer's machine
        environ["DJANGO_SETTINGS_MODULE"] = "safety_monitor.settings"

    done = run(DOORS[door], environ)

    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if line]
    assert said[-1].startswith(f"{missing} is not set: ")
    assert len(said) == 1, done.stderr


def test_demonstration_is_refused_where_it_is_not_installed() -> None:
    done = run(["manage.py", "prepare_site", "--demonstration"], ENVIRONMENT)

    assert done.returncode == 1
    assert "The demonstration trial is not installed in production" in done.stderr
    assert "Traceback" not in done.stderr

"""The files at the top of the project exist, are well-formed, and agree with each other."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "README.md", "CHANGELOG.md")
RULES = frozenset({"C90", "PL", "TID", "PTH", "ERA", "PERF", "ISC", "ANN", "D"})
"""What ruff checks: a rule may be ignored with a reason, no family is taken out."""
YAML_FILES = (
    ".github/dependabot.yml",
    ".github/workflows/ci.yml",
    ".pre-commit-config.yaml",
    "CITATION.cff",
)


def read_yaml(name: str) -> dict[str, Any]:
    content = yaml.safe_load((ROOT / name).read_text())
    assert isinstance(content, dict)
    return content


def recipe(target: str) -> str:
    """The lines of a target of the Makefile."""
    found = re.search(
        rf"^{target}: environment-dev\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", YAML_FILES)
def test_yaml_files_are_read(name: str) -> None:
    assert read_yaml(name)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text())

    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_files_named_in_contributing_exist() -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.\w+)`", (ROOT / "CONTRIBUTING.md").read_text())

    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_version_is_the_same_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## (\S+) \(", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert newest is not None
    assert newest[1] == version
    assert read_yaml("CITATION.cff")["version"] == version
    assert f"version {version}" in (ROOT / "docs" / "known-limits.md").read_text()


def test_ci_runs_what_everybody_runs() -> None:
    steps = read_yaml(".github/workflows/ci.yml")["jobs"]["test"]["steps"]

    assert ".ci/run" in [step.get("run") for step in steps]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_checks_before_a_commit_are_those_of_lint() -> None:
    hooks = read_yaml(".pre-commit-config.yaml")["repos"][0]["hooks"]

    entries = [hook["entry"] for hook in hooks]

    assert entries == [line.strip().replace("$(VENV)", ".venv/bin") for line in recipe("lint").splitlines()]


def test_checks_of_style_and_types_are_on() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    relaxed = {key for one in tools["mypy"]["overrides"] for key in one if key.startswith("disallow")}

    assert set(tools["ruff"]["lint"]["select"]) >= RULES
    assert tools["mypy"]["strict"]
    assert relaxed <= {"disallow_untyped_calls"}
    assert "^tests/" not in tools["mypy"]["exclude"]


def test_help_names_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None

    named = set(re.findall(r'@echo "make ([a-z-]+)', makefile))

    assert named == set(phony[1].split()) - {"help", "environment", "environment-dev"}


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["test", "APP=events"], 'sh bin/test-app "events"'),
        (["test-unit", "APP=events"], 'sh bin/test-app --unit "events"'),
        (["test"], "sh bin/check 2"),
        (["check"], "sh bin/check 2 tests/unit tests/house --ignore=tests/house/blind"),
    ],
    ids=" ".join,
)
def test_make_runs(words: list[str], command: str) -> None:
    environ = {"PATH": "/usr/bin:/bin"}

    shown = subprocess.run(
        ["make", "-n", *words], cwd=ROOT, env=environ, check=False, capture_output=True, text=True
    )

    assert shown.returncode == 0
    assert shown.stdout.splitlines()[-1].strip() == command


def test_app_without_tests_is_refused_with_those_that_have_some() -> None:
    done = subprocess.run(
        ["sh", ROOT / "bin" / "test-app", "--unit", "evnts"], check=False, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.startswith("evnts has no tests of this kind: give one of accounts ")
    assert " events " in done.stderr

"""The container files are well-formed and agree with the program and its documentation."""

import fnmatch
import re
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("prepare", "web", "worker", "beat")
PARTS = {"postgres", "valkey", "proxy", *PROGRAM}
OF_OTHERS = {"EMAIL_TIMEOUT"}
"""Read by libraries, not by us."""


def compose() -> dict[str, Any]:
    content = yaml.safe_load((ROOT / "compose.yaml").read_text())
    assert isinstance(content, dict)
    return content


def test_all_parts_are_there() -> None:
    assert set(compose()["services"]) == PARTS


def test_services_depend_on_services_that_exist_and_are_asked_for_their_health() -> None:
    services = compose()["services"]

    for name, service in services.items():
        for needed, rule in service.get("depends_on", {}).items():
            assert needed in services, name
            if rule["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], f"{name} asks {needed}"


def test_program_gets_only_variables_that_are_documented() -> None:
    page = (ROOT / "docs" / "running.md").read_text()
    services = compose()["services"]

    given = {variable for name in PROGRAM for variable in services[name]["environment"]}

    assert {variable for variable in given - OF_OTHERS if f"`{variable}" not in page} == set()


def test_preparation_alone_has_the_password_of_the_owner() -> None:
    services = compose()["services"]

    having = {
        name
        for name in PROGRAM
        if ":" in services[name]["environment"]["DATABASE_OWNER_URL"].split("@")[0][13:]
    }

    assert having == {"prepare"}


def test_the_proxy_that_is_trusted_is_the_proxy_inside() -> None:
    content = compose()
    proxy = content["services"]["proxy"]["networks"]["inside"]["ipv4_address"]
    subnet = content["networks"]["inside"]["ipam"]["config"][0]["subnet"]

    assert all(content["services"][name]["environment"]["TRUSTED_PROXIES"] == proxy for name in PROGRAM)
    assert subnet.startswith(proxy.rsplit(".", 1)[0])
    assert [name for name, service in content["services"].items() if "ports" in service] == ["proxy"]


def test_no_password_is_written_in_the_file() -> None:
    text = (ROOT / "compose.yaml").read_text()

    values = re.findall(r"^\s+\w*(?:PASSWORD|KEY)\w*: (.+)$", text, re.MULTILINE)

    assert values
    assert [value for value in values if not value.startswith("${")] == []


def test_server_keeps_no_value_of_a_refused_statement_in_its_log() -> None:
    page = (ROOT / "docs" / "running.md").read_text()
    wanted = re.findall(r"^    (log_\w+) = (\S+)", page, re.MULTILINE)

    command = compose()["services"]["postgres"]["command"]

    assert len(wanted) > 5
    assert [f"{name}={value}" for name, value in wanted if f"-c {name}={value}" not in command] == []


def test_image_runs_as_no_root_and_copies_files_that_exist() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]

    assert users == ["10001:10001"]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []


def test_image_has_every_app_of_production_and_no_test() -> None:
    patterns = (ROOT / ".dockerignore").read_text().split("\n")
    ignored = {
        path.name for path in ROOT.iterdir() if any(fnmatch.fnmatch(path.name, p) for p in patterns if p)
    }
    own = {Path(config.path).name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}

    assert len(own) > 5
    assert own & ignored == {"demonstration"}
    assert "devserver" in ignored
    assert {"tests", "var", ".git", ".venv"} <= ignored | {".git"}
    assert {"manage.py", "protocols", "locale", "requirements.txt", "bin"} & ignored == set()

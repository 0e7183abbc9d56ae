"""The steps of the container files in a clean folder, since there is no container daemon where tests run."""

import fnmatch
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from devserver import binaries
from devserver.places import PROJECT, Places
from tests.integration.platform.test_services import start_user
from tests.integration.platform.test_supervisor import free_port

pytestmark = pytest.mark.long

HOST = "safety.example.org"
SECONDS_TO_START = 90
FOR_COMPOSE = {
    "SITE_HOST": HOST,
    "APP_PASSWORD": "application",
    "OWNER_PASSWORD": "owner",
    "DJANGO_SECRET_KEY": "for this test alone, and long enough to be taken as a key",
    "EMAIL_HOST": "127.0.0.1",
    "DEFAULT_FROM_EMAIL": "safety@example.org",
}


@pytest.fixture(scope="module")
def image(make_folder: Callable[[str], Path]) -> Path:
    """What the image has: the project's files without those that .dockerignore names, and the environment."""
    folder = make_folder("image") / "srv"
    patterns = [
        line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line[:1] not in ("", "#")
    ]
    names = [pattern.removeprefix("**/") for pattern in patterns]
    top = {path.name for path in PROJECT.iterdir() if any(fnmatch.fnmatch(path.name, name) for name in names)}
    everywhere = [pattern.removeprefix("**/") for pattern in patterns if pattern.startswith("**/")]

    def left_out(here: str, found: list[str]) -> set[str]:
        if Path(here) == PROJECT:
            return top & set(found)
        return {name for name in found if any(fnmatch.fnmatch(name, pattern) for pattern in everywhere)}

    shutil.copytree(PROJECT, folder, ignore=left_out, symlinks=True)
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    return folder


@pytest.fixture(scope="module")
def servers(make_folder: Callable[[str], Path]) -> Iterator[Places]:
    """A PostgreSQL and a broker that are not the program's own."""
    places = Places(var=make_folder("data") / "var")
    user = start_user(places.var)
    assert user.stdout is not None
    assert user.stdout.readline().strip() == "ready"
    yield places
    user.communicate()


def renamed(text: str) -> str:
    """The same roles and database under other names: the embedded server has these already."""
    return text.replace("safety_", "boxed_").replace("DATABASE safety ", "DATABASE boxed ")


def environment_of_service(name: str, image: Path, servers: Places) -> dict[str, str]:
    """What compose.yaml gives to the service, with its values filled in and the addresses of our servers."""
    service = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"][name]
    given = {key: filled(str(value)) for key, value in service["environment"].items()}
    for key in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        given[key] = renamed(given[key]).replace(
            "@postgres:5432/safety", f"@/boxed?host={servers.postgres_sockets}"
        )
    given["CELERY_BROKER_URL"] = f"redis+socket://{servers.valkey_socket}?virtual_host=0"
    given["TRUSTED_PROXIES"] = "127.0.0.1"  # here the test is the proxy
    var = image.parent / "var"
    of_image = {
        "DJANGO_SETTINGS_MODULE": "safety_monitor.settings",
        "SAFETY_VAR_DIR": str(var),
        "PYTHONNOUSERSITE": "1",
    }
    return {"PATH": os.environ["PATH"], **of_image, **given}


def filled(text: str) -> str:
    """`${NAME:?…}` and `${NAME:-default}` as compose fills them in."""
    while "${" in text:
        before, _, rest = text.partition("${")
        inside, _, after = rest.partition("}")
        name, _, default = inside.partition(":")
        value = FOR_COMPOSE.get(name) or (default[1:] if default.startswith("-") else "")
        text = before + value + after
    return text


def run(words: list[str], image: Path, environ: dict[str, str]) -> None:
    done = subprocess.run(words, cwd=image, env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def build(image: Path) -> None:
    """The last RUN of the Dockerfile, without giving the files to another user."""
    environ = {
        "PATH": os.environ["PATH"],
        "SAFETY_VAR_DIR": str(image.parent / "var"),
        "DJANGO_SETTINGS_MODULE": "safety_monitor.settings",
    }
    text = (PROJECT / "Dockerfile").read_text()
    environ |= dict(
        re.findall(r"\b(DJANGO_SECRET_KEY|DATABASE_URL|DATABASE_OWNER_URL|CELERY_BROKER_URL)=(\S+)", text)
    )
    steps = [line.strip(" &\\") for line in text.splitlines() if "manage.py" in line]
    assert len(steps) == 2
    for step in steps:
        run(step.split(), image, environ)


def make_roles(servers: Places, folder: Path) -> None:
    script = folder / "roles.sh"
    script.write_text(renamed((PROJECT / "deployment" / "roles.sh").read_text()))
    environ = {
        "PATH": f"{binaries.postgres_folder()}:{os.environ['PATH']}",
        "PGHOST": str(servers.postgres_sockets),
        "OWNER_PASSWORD": "it's one",
        "APP_PASSWORD": "another",
    }
    run(["sh", str(script)], folder, environ)


def start(words: list[str], image: Path, environ: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(words, cwd=image, env=environ, stdout=output, stderr=subprocess.STDOUT)


def ask(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        with closing(connection.getresponse()) as answer:
            return answer.status, dict(answer.getheaders()), answer.read()


def wait_until_healthy(port: int) -> dict[str, Any]:
    deadline = time.monotonic() + SECONDS_TO_START
    body = b""
    while time.monotonic() < deadline:
        try:
            status, _headers, body = ask(port, "/healthz", Host=HOST)
        except OSError:
            status = 0
        if status == 200:
            return dict(json.loads(body))
        time.sleep(0.3)
    pytest.fail(f"The site did not become healthy: {body!r}")


def test_site_of_the_container_files_is_made_and_answers(image: Path, servers: Places) -> None:
    port = free_port()
    services = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]
    web = json.loads((PROJECT / "Dockerfile").read_text().rpartition("CMD ")[2])
    web = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in web]

    build(image)
    make_roles(servers, image.parent)
    run(services["prepare"]["command"], image, environment_of_service("prepare", image, servers))
    started = [
        start(words, image, environment_of_service(name, image, servers), image.parent / f"{name}.log")
        for name, words in (("web", web), ("worker", services["worker"]["command"]))
    ]
    try:
        states = wait_until_healthy(port)
        in_the_open = ask(port, "/", Host=HOST)
        behind_tls = ask(port, "/", Host=HOST, X_Forwarded_Proto="https", X_Forwarded_For="192.0.2.7")
        style = ask(
            port,
            "/static/admin/css/base.css",
            Host=HOST,
            X_Forwarded_Proto="https",
            X_Forwarded_For="192.0.2.7",
        )
        of_another_name = ask(port, "/", Host="elsewhere.example.org", X_Forwarded_Proto="https")
    finally:
        for process in started:
            process.terminate()
        statuses = [process.wait(60) for process in started]

    assert states == {"database": "ok", "broker": "ok", "worker": "ok"}
    assert (in_the_open[0], in_the_open[1]["Location"]) == (301, f"https://{HOST}/")
    assert behind_tls[0] in (200, 302)
    assert not behind_tls[1].get("Location", "").startswith("http:")
    assert "Strict-Transport-Security" in behind_tls[1]
    assert style[0] == 200
    assert of_another_name[0] == 400
    assert statuses == [0, 0]

"""The embedded PostgreSQL: made once by initdb, reachable through one private Unix socket only.

Authentication is `trust` on that socket, which is enough: the socket is in a folder of mode 0700, so only the user who
runs the site (and root) can open it, and that user can read and replace the data files and any stored password anyway.
The roles protect against the application's own mistakes, for which they need no passwords: a connection that was opened
as `safety_app` cannot become another role. There is no TCP port.

PostgreSQL refuses to run as uid 0. For root the data folder belongs to `nobody`, and `setpriv` runs the server as that
user, with one capability at most: to pass through folders (a project under /root). The server's folders are below one
of mode 0700 owned by root, so other processes of `nobody` cannot reach them.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from devserver import binaries, processes
from devserver.places import POSTGRES_SOCKET, Places, ServiceError
from devserver.urls import APP_ROLE, DATABASE, OWNER_ROLE

SUPERUSER = "postgres"
START_SECONDS = 60.0  # crash recovery after a power cut included
STOP_SECONDS = 20.0
_FIRST_WITH_BUILTIN_LOCALE = 17
_PASSING_CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}  # the lesser first; bits of CapPrm

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",  # 16 web threads, 8 writers, worker and beat, two test processes with a browser
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "jit": "off",  # short queries: compiling costs more than it saves
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "idle_in_transaction_session_timeout": "15min",
    "logging_collector": "off",
    # The server's log has no value of a refused statement, which may be sealed; the application gets the error. ERROR
    # is below LOG here; starts, checkpoints, FATAL and PANIC are still written.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
_DISPOSABLE = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
"""For data that are not needed after a crash, in some hundred short-lived databases."""

# psql's variables: :'x' is quoted as a text, :"x" as a name.
_NAMES = {"owner": OWNER_ROLE, "app": APP_ROLE, "database": DATABASE}
_ROLES = """
SELECT format('CREATE ROLE %I', name) FROM (VALUES (:'owner'), (:'app')) AS wanted (name)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \\gexec
ALTER ROLE :"owner" LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE :"app" LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOREPLICATION;
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app";
"""


class Postgres:
    """One server; `start` returns when it responds and has its roles and its database."""

    name = "postgres"

    def __init__(self, places: Places) -> None:
        self._places = places
        self._log = places.logs / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        folder = binaries.postgres_folder()
        self._initialise(folder)
        _wait_for_predecessor(self._places.postgres_data)
        self._make_socket_folder()
        command: list[str | Path] = [
            folder / "postgres",
            "-D",
            self._places.postgres_data,
            "-k",
            self._places.postgres_sockets,
        ]
        values = {**_SETTINGS, **(_DISPOSABLE if is_disposable() else {})}
        settings = [part for name, value in values.items() for part in ("-c", f"{name}={value}")]
        self._process = processes.spawn(
            [*self._as_server_user(signal.SIGINT), *command, *settings],
            log=self._log,
            death_signal=signal.SIGINT,  # PostgreSQL's fast shutdown; SIGTERM would wait for every client
            environ=_environment(),
            folder=self._places.postgres_data,
        )
        self._wait_until_it_answers(folder)
        names = [part for name, value in _NAMES.items() for part in ("-v", f"{name}={value}")]
        _run([*self._psql(folder), *names, "-d", "postgres"], text=_ROLES, doing="make the database's roles")

    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                processes.stop(self._process, first=signal.SIGQUIT, grace_seconds=5)
        processes.kill_group(self._process)

    def _initialise(self, folder: Path) -> None:
        """Run initdb into a folder beside the final one and rename: a killed initdb leaves nothing half made."""
        data = self._places.postgres_data
        if (data / "PG_VERSION").exists():
            _check_version(data, folder)
            return
        draft = data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._give_to_server_user(draft)
        command: list[str | Path] = [
            folder / "initdb",
            "-D",
            draft,
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            "-A",
            "trust",
            "--data-checksums",
        ]
        command += ["--no-sync", "--no-instructions", *_locale_options(folder)]
        _run([*self._as_server_user(signal.SIGKILL), *command], text="", doing="create the database's files")
        draft.rename(data)
        os.sync()

    def _make_socket_folder(self) -> None:
        sockets = self._places.postgres_sockets
        sockets.mkdir(mode=0o700, exist_ok=True)
        self._give_to_server_user(sockets)
        for stale in (POSTGRES_SOCKET, f"{POSTGRES_SOCKET}.lock"):
            (sockets / stale).unlink(missing_ok=True)

    def _give_to_server_user(self, folder: Path) -> None:
        if os.getuid() == 0:
            nobody = _nobody()
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def _as_server_user(self, death_signal: signal.Signals) -> list[str]:
        """Nothing for an ordinary user; for root the prefix that runs a command as `nobody`."""
        if os.getuid() != 0:
            return []
        if shutil.which("setpriv") is None:
            raise ServiceError(
                "As root the embedded PostgreSQL needs setpriv (Debian package util-linux): install it, run as an "
                "ordinary user, or set DATABASE_URL."
            )
        nobody = _nobody()
        # Changing the user clears the setting that prctl made before, so setpriv repeats it.
        words = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
        words += ["--no-new-privs", "--pdeathsig", death_signal.name.removeprefix("SIG")]
        if capability := _passing_capability():
            words += [
                f"--inh-caps=+{capability}",
                f"--ambient-caps=+{capability}",
                "--securebits=+no_setuid_fixup",
            ]
        return [*words, "--"]

    def _psql(self, folder: Path) -> list[str]:
        sockets = str(self._places.postgres_sockets)
        return [str(folder / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", SUPERUSER, "-h", sockets]

    def _wait_until_it_answers(self, folder: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        ask = [*self._psql(folder), "-d", "postgres", "-c", "SELECT 1"]
        while time.monotonic() < deadline:
            if self.exit_code() is not None:
                break
            socket = self._places.postgres_sockets / POSTGRES_SOCKET
            if (
                socket.exists()
                and subprocess.run(ask, check=False, capture_output=True, env=_environment()).returncode == 0
            ):
                return
            time.sleep(0.05)
        self.stop()
        raise ServiceError(
            f"The embedded PostgreSQL did not start; the end of {self._log} says:\n{processes.last_lines(self._log)}"
        )


def is_disposable() -> bool:
    """Only where the environment says SAFETY_FSYNC=off, as test runs do."""
    return os.environ.get("SAFETY_FSYNC") == "off"


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise ServiceError(
            "As root the embedded PostgreSQL runs as the user nobody, which this machine lacks: run as an ordinary "
            "user, or set DATABASE_URL."
        ) from error


def _passing_capability() -> str | None:
    """The least capability of root that gives access through a folder of mode 0700 (a container may lack it)."""
    held = 0
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            held = int(line.split()[1], 16)
    return next((name for name, bit in _PASSING_CAPABILITIES.items() if held & (1 << bit)), None)


def _check_version(data: Path, folder: Path) -> None:
    stored, running = int((data / "PG_VERSION").read_text().split(".")[0]), binaries.postgres_major(folder)
    if stored != running:
        raise ServiceError(
            f"The database in {data} was made by PostgreSQL {stored} and the server found is {running}: install "
            f"version {stored}, or start anew with `make reset`."
        )


def _locale_options(folder: Path) -> list[str]:
    """Code-point order and full case mapping, the same on every machine: built in from version 17."""
    if binaries.postgres_major(folder) >= _FIRST_WITH_BUILTIN_LOCALE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def _wait_for_predecessor(data: Path) -> None:
    """A server that was stopped just before may still be writing: wait for it."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and _predecessor_lives(data / "postmaster.pid"):
        time.sleep(0.1)


def _predecessor_lives(pid_file: Path) -> bool:
    try:
        pid = int(pid_file.read_text().split()[0])
        return "postgres" in Path(f"/proc/{pid}/comm").read_text()
    except (OSError, ValueError, IndexError):
        return False


def _environment() -> dict[str, str]:
    """The caller's environment without the variables that change PostgreSQL's programs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _run(command: Sequence[str | Path], *, text: str, doing: str) -> None:
    words = [str(part) for part in command]
    done = subprocess.run(words, input=text, check=False, capture_output=True, text=True, env=_environment())
    if done.returncode != 0:
        raise ServiceError(f"The embedded PostgreSQL could not {doing}: {done.stderr.strip()[-600:]}")

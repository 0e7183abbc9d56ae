"""Make .venv and install a lock file into it, once per change of the lock. Standard library only.

uv installs (6 s against pip's 48 s for this lock); pip installs uv, and replaces it where uv has no program or cannot
reach the registry. Both check every file against the lock's hashes. A stamp in .venv has the hash of what was
installed, so that a second call does nothing.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
BOOTSTRAP = ROOT / "requirements-bootstrap.txt"


def main(lock_name: str) -> int:
    if sentence := what_is_missing():
        print(sentence, file=sys.stderr)
        return 1
    with (ROOT / lock_name).open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # of two concurrent calls, the second finds the work done
        return ensure(ROOT / lock_name)


def what_is_missing() -> str | None:
    """What this machine lacks, in one sentence."""
    if not os.access(ROOT, os.W_OK):
        return f"The folder {ROOT} is not writable for this user: change its owner, or clone the project elsewhere."
    if FOLDER.exists() and not os.access(FOLDER, os.W_OK):
        return f"The folder {FOLDER} belongs to another user: remove it, or run as that user."
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        return "Python's module venv is missing: install it (Debian: apt-get install python3-venv)."
    return None


def ensure(lock: Path) -> int:
    stamp, wanted = FOLDER / f".installed-{lock.stem}", fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted and works():
        return 0
    print(f"Installing {lock.name} into {FOLDER} …", flush=True)
    try:
        if not works():
            make_environment()
        install(lock)
    except (OSError, subprocess.CalledProcessError) as error:
        print(
            f"The packages of {lock.name} could not be installed ({error}); the lines above say why.",
            file=sys.stderr,
        )
        return 1
    stamp.write_text(wanted)
    return 0


def fingerprint(lock: Path) -> str:
    """The inputs of the environment: the lock, the interpreter, and the folder, which its scripts name."""
    parts = (lock.read_bytes(), sys.version.encode(), os.fsencode(FOLDER))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def works() -> bool:
    """Whether the environment's Python runs and is still at the path in its scripts."""
    if not PYTHON.exists():
        return False
    asked: list[str | Path] = [PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    pip = FOLDER / "bin" / "pip"
    return (
        subprocess.run(asked, check=False).returncode == 0
        and pip.exists()
        and os.fsencode(FOLDER) in pip.read_bytes()
    )


def make_environment() -> None:
    if FOLDER.is_symlink():
        FOLDER.unlink()
    shutil.rmtree(FOLDER, ignore_errors=True)
    venv.EnvBuilder(with_pip=True, symlinks=True).create(FOLDER)


def install(lock: Path) -> None:
    """Try uv with its own certificates, with the machine's, then pip; print only the output of the last one."""
    uv: list[str | Path] = [FOLDER / "bin" / "uv", "pip", "install", "-q", "--compile-bytecode"]
    attempts = [uv, [*uv, "--system-certs"]] if fetch_uv() else []
    for command in [*attempts, pip_install()]:
        done = quietly([*command, "--require-hashes", "-r", lock])
        if done.returncode == 0:
            return
    print(done.stdout[-3000:], file=sys.stderr)
    done.check_returncode()


def fetch_uv() -> bool:
    """Whether pip could fetch uv: not every processor and registry has it."""
    return quietly([*pip_install(), "--require-hashes", "-r", BOOTSTRAP]).returncode == 0


def pip_install() -> list[str | Path]:
    return [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]


def quietly(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def environment() -> dict[str, str]:
    """The caller's environment, with pip's registry for uv.

    It has caches inside the project for a user without a writable home.
    """
    environ = {**os.environ, "VIRTUAL_ENV": str(FOLDER), "UV_HTTP_TIMEOUT": "120", "UV_LINK_MODE": "copy"}
    environ.pop("PYTHONPATH", None)
    if index := pip_setting("global.index-url"):
        environ.setdefault("UV_DEFAULT_INDEX", index)
    if not os.access(Path.home(), os.W_OK):
        environ |= {
            "UV_CACHE_DIR": str(FOLDER / ".cache" / "uv"),
            "PIP_CACHE_DIR": str(FOLDER / ".cache" / "pip"),
        }
    return environ


def pip_setting(name: str) -> str:
    """A setting of pip, from its files or PIP_… variables; empty if there is none."""
    if found := os.environ.get("PIP_INDEX_URL"):
        return found
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "get", name], check=False, capture_output=True, text=True
    )
    return asked.stdout.strip() if asked.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["requirements.txt"]))

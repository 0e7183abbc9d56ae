"""Starting and ending child processes so that none outlives its parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LARGEST_LOG_BYTES = 10_000_000
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(death_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel (Linux) to send this process a signal when its parent ends, however it ends."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def adopt_orphans() -> None:
    """Set this process (Linux) as the parent of descendants whose own parent has ended.

    Where process 1 does not collect them (some containers), they would stay in the process table for ever.
    """
    if hasattr(_libc, "prctl"):
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def collect_orphans(*, patience_seconds: float = 20.0) -> None:
    """Collect every child's exit, adopted ones too, so that none stays in the table.

    Stop waiting for those that live on.
    """
    deadline = time.monotonic() + patience_seconds
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.02)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    death_signal: signal.Signals = signal.SIGTERM,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session, which a terminal's Ctrl-C does not reach.

    Its output is appended to `log`, or to the caller's output when that is None.
    """
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(_rotated(log).open("ab")) if log else None
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            cwd=folder,
            env=dict(environ) if environ is not None else None,
            start_new_session=True,
            preexec_fn=_bound_to(os.getpid(), death_signal),  # noqa: PLW1509 (the supervisor starts no threads)
        )


def stop(process: subprocess.Popen[bytes], *, first: signal.Signals, grace_seconds: float) -> None:
    """Signal the child to end, wait, and kill it and its remaining children after the grace period."""
    if process.poll() is None:
        process.send_signal(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace_seconds)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the child's whole session: its children are in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_lines(log: Path, *, count: int = 15) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def _rotated(log: Path) -> Path:
    """The log, started again when it has become large; the previous one stays beside it."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > _LARGEST_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
    return log


def _bound_to(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def bind() -> None:
        die_with_parent(death_signal)
        if os.getppid() != parent:  # it ended before the setting reached the kernel
            os._exit(1)

    return bind

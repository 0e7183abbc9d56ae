"""`python -m devserver run|stop|reset|start`: called by the Makefile."""

import argparse
import shutil
import signal
import sys

from devserver import lease, processes
from devserver.places import Places, ServiceError, here
from devserver.supervisor import Supervisor, stop_running

LAST_PORT = 65535


def main() -> int:
    arguments = _parser().parse_args()
    try:
        match arguments.verb:
            case "run":
                return _run(arguments)
            case "stop":
                print("Stopped." if stop_running() else "Nothing was running.")
            case "reset":
                return _reset(is_agreed=arguments.force or _asks())
            case "release":
                lease.stop_when_unused()
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devserver", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="the whole site, until Ctrl-C")
    run.add_argument("--port", type=_port, default=8000)
    run.add_argument(
        "--demonstration", action="store_true", help="load the demonstration trial if it is not there"
    )
    run.add_argument("--with-parent", action="store_true", help="stop when the calling process ends")
    verbs.add_parser("stop", help="stop a running site and idle servers")
    verbs.add_parser("release", help="let servers end at once that nobody uses")
    reset = verbs.add_parser("reset", help="stop, and remove all data")
    reset.add_argument("--force", action="store_true", help="do not ask")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a whole number from 1 to {LAST_PORT}.")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.with_parent:
        processes.die_with_parent(signal.SIGTERM)
    return Supervisor(port=arguments.port, with_demonstration=arguments.demonstration).run()


def _asks() -> bool:
    print(
        f"This removes every participant, event and report under {here().var}. Type yes to go on: ",
        end="",
        flush=True,
    )
    return sys.stdin.readline().strip().lower() == "yes"


def _reset(*, is_agreed: bool) -> int:
    if not is_agreed:
        print("Nothing was removed.")
        return 1
    stop_running()
    places, tests = here(), Places(var=here().var / "test")
    if lease.is_running(places) or lease.is_running(tests):
        raise ServiceError("The embedded servers are in use by another process (a test run?): end it first.")
    for folder in (places.var, places.run, tests.run):
        shutil.rmtree(folder, ignore_errors=True)
    if places.var.exists():
        raise ServiceError(f"{places.var} could not be removed: remove it by hand.")
    print(f"Removed {places.var}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

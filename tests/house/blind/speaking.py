"""Output of the system besides HTTP: background tasks and management commands, discovered.

A task is run by the code of a worker; a command as on the command line. A new task with unknown arguments, or a new
command that is not listed, fails a test with a sentence that says what to add.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management import call_command, get_commands
from django.http import HttpResponse

from safety_monitor.celery import app
from tests.full_fixture import PROTOCOL
from tests.house.architecture import FLOORS
from tests.house.blind.answers import Asker, spoken
from tests.house.blind.cast import Cast, study_rows
from tests.house.blind.draws import draws
from tests.integration.interchange.sdtm_folders import write_folder

ARGUMENTS: Mapping[str, Callable[[Cast], int]] = {
    "trial_id": lambda cast: cast.everything.trial.pk,
    "report_id": lambda cast: cast.extra["reports.boardreport"][0],
    "attempt": lambda _cast: 1,
    "mail_id": lambda cast: cast.everything.rows["accounts.mail"],
    "infusion_id": lambda cast: cast.everything.rows["trials.infusion"],
    "event_id": lambda cast: cast.everything.rows["events.adverseevent"],
    "participant_id": lambda cast: cast.everything.rows["trials.participant"],
    "dsmb.tasks.send_message message_id": lambda cast: cast.everything.rows["reports.boardmessage"],
    "dsmb.tasks.send_portal_notice notice_id": lambda cast: cast.everything.rows["reports.portalnotice"],
    "dsmb.tasks.send_notice_message message_id": lambda cast: cast.everything.rows["dsmb.noticemessage"],
    "product.tasks.send_notice notice_id": lambda cast: cast.everything.rows["product.unblindingnotice"],
}
"""The value of a task's argument, by its name; where it has several meanings, by the task's name and its own."""

PREPARES = "prepares a machine or the code; reads no trial"
NOT_SPOKEN = {
    "compile_translations": PREPARES,
    "make_screenshots": PREPARES,
    "migrate": PREPARES,
    "prepare_site": PREPARES,
    "add_administrator": "makes an account; reads no trial",
    "issue_token": "makes a token; reads no trial",
    "revoke_token": "ends a token; reads no trial",
    "retry_report": "has a failed report made again; says its number and nothing of what is in it",
    "seed_demo": "makes the demonstration trial, whose arms are published",
    "check_icsr": "checks the message in the file that the operator gives it; reads no trial",
    "import_icsr": "stores the message in the file that the operator gives it",
    "export_icsr": "writes what blinded people signed of a case, from its frozen content; a test asks that no arm is in it",
    "read_ack": "reads the acknowledgement in the file that the operator gives it; what it moves is at the unblinded desk",
    "load_meddra": "stores the dictionary of the folder that the operator gives it; reads no trial",
    "load_e2b_schemas": "stores the schemas in the folder that the operator gives it; reads no trial",
    "load_rsi": "reads a file of published terms; reads no arm",
    "check_table": "reads a printed table and no database",
    "export_antibodies": "writes a file for the operator under a logged opening, and prints nothing",
    "hla_name": "reads the table of antigens or a release of it; reads no trial",
    "import_imgthla": "stores a release of the nomenclature; reads no trial",
    "import_sab": "says what is in the file that the operator gives it, and which of its tubes the trial has",
    "propose_grades": "reads the file that the operator gives it and the shipped limits; no database",
    "search_term": "reads the shipped tables of words and terms, and no database",
}
SLOW = frozenset({"verify_report"})
"""Renders every report again; the long suite runs it."""


def _result(name: str, arguments: tuple[Any, ...]) -> Any:
    return app.tasks[name].apply(arguments, task_id="t").result


@dataclass(frozen=True)
class Speech:
    """One task or command in one state."""

    address: str
    name: str
    run: Callable[[], Any]

    def put(self, _asker: Asker) -> HttpResponse:
        return spoken(self.run)()


def tasks(cast: Cast) -> Iterator[Speech]:
    """Every task of ours, run at once; its result is what a result store would keep."""
    for name in task_names():
        arguments = [_meaning(name, parameter)(cast) for parameter in _parameters(name)]
        yield Speech(
            f"task {name}",
            f"task {name}",
            partial(_result, name, tuple(arguments)),
        )


def task_names() -> list[str]:
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if name.split(".")[0] in FLOORS)


def _parameters(name: str) -> list[str]:
    return list(inspect.signature(app.tasks[name].run).parameters)


def _meaning(name: str, parameter: str) -> Callable[[Cast], int]:
    return ARGUMENTS.get(f"{name} {parameter}") or ARGUMENTS[parameter]


def unknown_arguments() -> list[str]:
    """A sentence for each argument of a task without a value here."""
    return [
        f"task {name}: say in tests/house/blind/speaking.py, ARGUMENTS, which row its argument {parameter!r} means."
        for name in task_names()
        for parameter in _parameters(name)
        if parameter not in ARGUMENTS and f"{name} {parameter}" not in ARGUMENTS
    ]


Run = Callable[[Cast, Path], Any]


def _import(cast: Cast, folder: Path) -> None:
    """The same study in every state, with the arms of the first: a guess, elsewhere.

    Then one that cannot be read in.
    """
    rows = study_rows(draws()[0])
    for changed in (rows, rows | {"ae": rows["ae"][:1]}):
        call_command("import_sdtm", write_folder(folder / "study", **changed), protocol=PROTOCOL)
    rows["ae"][0]["AESTDTC"] = "yesterday"
    call_command("import_sdtm", write_folder(folder / "study", **rows), protocol=PROTOCOL)


def _report(cast: Cast, _folder: Path) -> None:
    call_command("dsmb_report", cast.everything.trial.code, enrolments=7, kind="open", format="json")


def _export(cast: Cast, folder: Path) -> None:
    """The open trail in both formats, to a file and to the terminal; and accounts."""
    code = cast.everything.trial.code
    call_command("export_audit", code, format="jsonl")
    call_command("export_audit", code, format="csv", output=folder / "trail.csv")
    print((folder / "trail.csv").read_text())  # noqa: T201
    call_command("export_audit", accounts=True, format="jsonl")


def _verify(cast: Cast, _folder: Path) -> None:
    """The verdict as text and as JSON, with the rows."""
    call_command("verify_audit", cast.everything.trial.code, rows=True)
    call_command("verify_audit", format="json")


COMMANDS: Mapping[str, Run] = {
    "audit_head": lambda cast, _folder: call_command("audit_head", cast.everything.trial.code),
    "export_audit": _export,
    "seal_audit": lambda _cast, _folder: call_command("seal_audit"),
    "verify_audit": _verify,
    "import_sdtm": _import,
    "export_sdtm": lambda cast, folder: call_command(
        "export_sdtm", cast.everything.trial.code, folder / "sdtm"
    ),
    "dsmb_report": _report,
    "load_protocol": lambda _cast, _folder: call_command("load_protocol", PROTOCOL),
    "load_ctcae": lambda _cast, folder: call_command("load_ctcae", folder / "none.csv"),
    "verify_report": lambda cast, _folder: call_command("verify_report", cast.everything.trial.code),
}


def command_names() -> list[str]:
    return sorted(name for name, place in get_commands().items() if place in FLOORS)


def commands(cast: Cast, folder: Path, *, long: bool) -> Iterator[Speech]:
    """Every command whose output a blinded person may get."""
    for name, run in COMMANDS.items():
        if long or name not in SLOW:
            yield Speech(f"command {name}", f"command {name}", partial(run, cast, folder))

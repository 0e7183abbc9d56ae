"""The permission to import, and the result of an import that fails half-way."""

from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from accounts.services import system_user
from audit.models import Entry
from interchange.services import Imported, StudySource, import_study
from interchange.services.importing import import_lock
from interchange.services.reading import read_folder
from tests.factories import make_user
from tests.integration.interchange.sdtm_folders import PILOT_PROTOCOL, small_study
from tests.plugins.shared_rows import shared_rows
from tests.unit.interchange.study_rows import AT, PILOT
from trials.models import Participant, ProtocolVersion, Trial
from trials.rules.protocol import protocol_content
from trials.services import load_protocol
from trials.services.synchronising import synchronise

pytestmark = pytest.mark.django_db
CONTENT = protocol_content(PILOT_PROTOCOL.read_bytes())


@shared_rows
def trial() -> Trial:
    return load_protocol(content=CONTENT, by=system_user(), at=AT, reason="set-up").trial


def import_as(user: User, folder: Path) -> Imported:
    read = read_folder(folder)
    return import_study(
        source=StudySource(read.name, read.datasets), protocol_content=CONTENT, by=user, at=AT
    )


def test_data_manager_imports_in_their_own_name(trial: Trial, tmp_path: Path) -> None:
    manager = make_user("data_manager", trial=trial)

    imported = import_as(manager, small_study(tmp_path / "study"))

    assert imported.counts["participants"].new == 3
    entry = Entry.objects.filter(table_name="trials_participant").first()
    assert entry is not None
    assert entry.actor_id == manager.pk


@pytest.mark.parametrize(
    "role", ["nurse", "investigator", "pharmacovigilance", "unblinded_statistician", "auditor"]
)
def test_other_roles_import_nothing(trial: Trial, tmp_path: Path, role: str) -> None:
    user = make_user(role, trial=trial)

    with pytest.raises(PermissionDenied):
        import_as(user, small_study(tmp_path / "study"))

    assert not Participant.objects.exists()


def test_changed_protocol_under_a_loaded_version_is_refused(trial: Trial, tmp_path: Path) -> None:
    read = read_folder(small_study(tmp_path / "study"))
    changed = {**CONTENT, "title": "Another title"}

    with pytest.raises(ValidationError, match="never edited"):
        import_study(
            source=StudySource(read.name, read.datasets), protocol_content=changed, by=system_user(), at=AT
        )

    assert not Participant.objects.exists()
    assert ProtocolVersion.objects.filter(trial=trial).count() == 1


def test_second_import_of_a_trial_waits_for_the_first(tmp_path: Path) -> None:
    folder = small_study(tmp_path / "study")
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [import_lock(PILOT)])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")

        with pytest.raises(DatabaseError, match="lock timeout"), transaction.atomic():
            import_as(system_user(), folder)

    assert import_as(system_user(), folder).wrote


def test_bulk_write_without_an_attribution_is_refused_by_the_database(trial: Trial) -> None:
    site = trial.sites.first()
    fields = {"trial": trial, "site": site, "code": "P1"}

    with pytest.raises(DatabaseError, match="attributed"), transaction.atomic():
        synchronise(Participant, standing={}, wanted={"P1": fields}, at=AT)

    assert not Participant.objects.exists()

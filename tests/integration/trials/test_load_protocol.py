"""Loading protocol files: all or nothing, once, never edited."""

import tomllib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from accounts.services import system_user
from audit.models import Entry
from product.models import ArmLetter
from tests.factories import AT, make_trial, make_user, unsealed
from trials.models import ProtocolVersion, Site, Trial
from trials.rules.protocol import ProtocolError
from trials.services import load_protocol, open_site

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
STROMA = PROTOCOLS / "stroma-cov-2.toml"

pytestmark = pytest.mark.django_db


def content_of(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def load(content: dict[str, Any], **changes: Any) -> Any:
    return load_protocol(content={**content, **changes}, by=system_user(), at=AT, reason="set-up")


def rows() -> tuple[int, int, int]:
    return Trial.objects.count(), ProtocolVersion.objects.count(), Site.objects.count()


def run(path: Path) -> str:
    out = StringIO()
    call_command("load_protocol", str(path), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "code", "sites"), [("stroma-cov-2", "STROMA-COV-2", 10), ("cdisc-pilot", "CDISCPILOT01", 17)]
)
def test_load_protocol_makes_trial_version_and_sites(name: str, code: str, sites: int) -> None:
    loaded = load(content_of(PROTOCOLS / f"{name}.toml"))

    assert (loaded.trial.code, loaded.created, loaded.trial.sites.count()) == (code, True, sites)
    assert loaded.version.protocol().code == code
    assert Entry.objects.of_row(table="trials_trial", row_id=loaded.trial.pk).get().reason == "set-up"


def test_load_protocol_reads_the_same_from_the_database_as_from_the_file() -> None:
    loaded = load(content_of(STROMA))

    stored = ProtocolVersion.objects.get(pk=loaded.version.pk)

    assert stored.protocol().haemodynamics.criteria[3].value.as_tuple() == (0, (1,), -1)
    assert stored.protocol() == loaded.version.protocol()


def test_load_protocol_twice_changes_nothing() -> None:
    load(content_of(STROMA))
    before = (*rows(), Entry.objects.count())

    again = load(content_of(STROMA))

    assert not again.created
    assert (*rows(), Entry.objects.count()) == before


def test_load_protocol_refuses_changed_content_under_the_same_version() -> None:
    load(content_of(STROMA))

    with pytest.raises(ValidationError, match="never edited") as refused:
        load(content_of(STROMA), title="Another title")

    assert list(refused.value.message_dict) == ["version"]
    assert Trial.objects.get().title.startswith("Stromal cells")


def test_load_protocol_of_a_later_version_keeps_the_old_one_and_renames_the_trial() -> None:
    first = load(content_of(STROMA))

    later = load(
        content_of(STROMA),
        version="2.0",
        effective_date="2020-06-01",
        title="A new title",
        looks=[10, 20, 30],
    )

    assert Trial.objects.get().title == "A new title"
    assert ProtocolVersion.objects.protocol_of(trial_id=first.trial.pk, on=AT.date()).looks == (10, 20, 40)
    assert ProtocolVersion.objects.protocol_of(trial_id=first.trial.pk, on=None) == later.version.protocol()


def test_load_protocol_of_an_earlier_version_leaves_the_trial_as_the_newest_says() -> None:
    load(content_of(STROMA))

    load(content_of(STROMA), version="0.9", effective_date="2020-01-01", title="A draft title")

    assert Trial.objects.get().title.startswith("Stromal cells")


def test_load_protocol_with_wrong_keys_writes_nothing() -> None:
    with pytest.raises(ProtocolError) as refused:
        load(content_of(STROMA), looks=[10, 10], colour="blue")

    assert [problem.key for problem in refused.value.problems] == ["colour", "looks"]
    assert rows() == (0, 0, 0)


def test_load_protocol_draws_each_arm_a_letter_once() -> None:
    trial = load(content_of(STROMA)).trial

    load(content_of(STROMA), version="2.0", effective_date="2020-06-01")

    with unsealed(trial):
        letters = dict(ArmLetter.objects.values_list("arm_code", "letter"))
    assert set(letters) == {"UC_MSC", "PLACEBO"}
    assert set(letters.values()) == {"A", "B"}


def test_load_protocol_draws_letters_at_random() -> None:
    """Were the order fixed, 20 trials would all agree: chance of a false alarm 2 in a million."""
    drawn = set()
    for number in range(20):
        trial = load(content_of(STROMA), code=f"DRAW-{number}").trial
        with unsealed(trial):
            drawn.add(ArmLetter.objects.get(arm_code="UC_MSC").letter)

    assert drawn == {"A", "B"}


@pytest.mark.parametrize(
    ("role", "allowed"), [("data_manager", True), ("nurse", False), ("board_member", False)]
)
def test_load_protocol_asks_the_permission_table(role: str, allowed: bool) -> None:
    trial = make_trial(code="STROMA-COV-2")
    user = make_user(role, trial=trial)

    if allowed:
        assert load_protocol(content=content_of(STROMA), by=user, at=AT, reason="amendment").created
    else:
        with pytest.raises(PermissionDenied):
            load_protocol(content=content_of(STROMA), by=user, at=AT, reason="amendment")
        assert not ProtocolVersion.objects.exists()


def test_load_protocol_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="Reason"):
        load_protocol(content=content_of(STROMA), by=system_user(), at=AT, reason=" ")

    assert rows() == (0, 0, 0)


def test_protocol_of_a_trial_without_one_says_what_to_do() -> None:
    trial = make_trial()

    with pytest.raises(ValidationError, match="load one first"):
        ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)


def test_protocol_before_the_first_effective_date_is_the_first() -> None:
    trial = load(content_of(STROMA)).trial

    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=AT.replace(year=2019).date())

    assert protocol.version == "1.0"


def test_load_protocol_command_says_what_it_did() -> None:
    assert "loaded, effective from 2020-04-01" in run(STROMA)
    assert "nothing was changed" in run(STROMA)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (STROMA.read_text().replace("looks = [10, 20, 40]", "looks = [10, 40, 20]"), "looks = [10, 40, 20]"),
        (STROMA.read_text().replace('code = "STROMA-COV-2"', "", 1), "code is missing"),
        (
            STROMA.read_text().replace("mfi_threshold = 5000", "mfi_treshold = 5000"),
            "antibodies.mfi_treshold",
        ),
        ("looks = [10,", "file = "),
    ],
)
def test_load_protocol_command_names_the_key_and_writes_nothing(
    tmp_path: Path, text: str, named: str
) -> None:
    path = tmp_path / "protocol.toml"
    path.write_text(text)

    with pytest.raises(CommandError) as refused:
        run(path)

    assert named in str(refused.value)
    assert refused.value.returncode == 1
    assert rows() == (0, 0, 0)


def test_load_protocol_command_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "missing.toml")


def test_load_protocol_command_refuses_a_changed_file_of_the_same_version(tmp_path: Path) -> None:
    run(STROMA)
    path = tmp_path / "protocol.toml"
    path.write_text(STROMA.read_text().replace("planned_participants = 47", "planned_participants = 60"))

    with pytest.raises(CommandError, match="never edited"):
        run(path)


def test_open_site_takes_the_zone_of_the_trial() -> None:
    trial = load(content_of(STROMA)).trial

    site = open_site(trial=trial, code="11", name="Eleven", by=system_user(), at=AT, reason="joins")

    assert (site.timezone, site.version) == ("Europe/Paris", 1)


def test_open_site_refuses_a_code_that_is_taken() -> None:
    trial = load(content_of(STROMA)).trial

    with pytest.raises(ValidationError, match="already"):
        open_site(trial=trial, code="01", name="Again", by=system_user(), at=AT, reason="joins")

    assert trial.sites.count() == 10

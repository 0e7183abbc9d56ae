"""Files of the laboratory in the database: all or nothing, once, with conflicts, quarantine and excuses."""

import contextlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from immunology.models import AntibodyResult, LaboratoryFile, SerumInRun
from immunology.rules.files.reading import read_file
from immunology.services import (
    LaboratoryImport,
    Upload,
    excuse_serum,
    import_laboratory_file,
    match_quarantined_sera,
    rehearse_laboratory_file,
    request_serum_excuse,
)
from tests.factories import make_enrolled, make_site, make_specimen, make_trial, make_user, unsealed
from tests.integration.immunology.antibody_rows import D0, D14, NOW, REASON, Study, bind, make_study
from tests.unit.immunology.laboratory_files import fusion, fusion_rows, long_form, long_rows

pytestmark = pytest.mark.django_db
LABORATORY = "HLA Paris"


@pytest.fixture
def study() -> Study:
    return make_study()


def upload(rows: list[list[str]], laboratory: str = LABORATORY) -> Upload:
    data = long_form(rows)
    return Upload(read_file(file="run.csv", data=data), data, laboratory)


def bring(study: Study, rows: list[list[str]], laboratory: str = LABORATORY) -> LaboratoryImport:
    return import_laboratory_file(
        trial=study.trial, upload=upload(rows, laboratory), by=study.laboratory, at=NOW, reason=REASON
    )


def stored(study: Study) -> tuple[int, int, int]:
    with unsealed(study.trial):
        return LaboratoryFile.objects.count(), SerumInRun.objects.count(), AntibodyResult.objects.count()


def test_a_file_becomes_results_that_are_judged(study: Study) -> None:
    before, after = study.take(study.treated, D0, 0), study.take(study.treated, D14, 14)

    outcome = bring(study, [*long_rows(before.code, ["120", "90"]), *long_rows(after.code, ["1800", "80"])])

    assert (outcome.new_sera, outcome.quarantined, outcome.failed) == (2, (), ())
    assert stored(study) == (1, 2, 4)
    assert study.findings(study.treated)["D-1", "A*02:01"] == ("DE_NOVO", True)


def test_bytes_and_their_sha256_are_kept(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    sent = upload(long_rows(tube.code, ["120", "90"]))

    import_laboratory_file(trial=study.trial, upload=sent, by=study.laboratory, at=NOW, reason=REASON)

    with unsealed(study.trial):
        row = LaboratoryFile.objects.get()
    assert (bytes(row.content), row.sha256, row.uploaded_by_id) == (
        sent.data,
        sent.read.sha256,
        study.laboratory.pk,
    )


def test_the_same_file_twice_changes_nothing(study: Study) -> None:
    rows = long_rows(study.take(study.treated, D0, 0).code, ["120", "90"])
    bring(study, rows)

    again = bring(study, rows)

    assert again.was_known
    assert stored(study) == (1, 1, 2)


def test_another_value_for_the_same_bead_refuses_the_whole_file(study: Study) -> None:
    first, second = study.take(study.treated, D0, 0), study.take(study.placebo, D0, 0)
    bring(study, long_rows(first.code, ["120", "90"]))

    with pytest.raises(ValidationError, match=r"bead “3” of serum .* 121, but your laboratory recorded 120"):
        bring(study, [*long_rows(second.code, ["1", "2"]), *long_rows(first.code, ["121", "90"])])

    assert stored(study) == (1, 1, 2)


def test_another_laboratorys_value_is_not_quoted(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    bring(study, long_rows(tube.code, ["120", "90"]))
    other = make_user("hla_laboratory", trial=study.trial)
    bind(other, study.trial, "HLA Lyon")
    with pytest.raises(ValidationError, match="“HLA Paris” is not yours; your account belongs to HLA Lyon"):
        import_laboratory_file(
            trial=study.trial,
            upload=upload(long_rows(tube.code, ["121", "90"])),
            by=other,
            at=NOW,
            reason=REASON,
        )

    outcome = import_laboratory_file(
        trial=study.trial,
        upload=upload(long_rows(tube.code, ["121", "90"]), "HLA Lyon"),
        by=other,
        at=NOW,
        reason=REASON,
    )

    assert outcome.new_sera == 1


def test_sera_outside_the_manifest_wait_in_quarantine_until_they_are_in_it(study: Study) -> None:
    code = f"{study.treated.code}-{D0:%d%m}"

    outcome = bring(study, long_rows(code, ["120", "90"]))
    counted = stored(study)
    study.take(study.treated, D0, 0)
    found = match_quarantined_sera(
        trial=study.trial, by=study.laboratory, at=NOW, reason=REASON, laboratory=LABORATORY
    )

    assert (outcome.quarantined, counted, found) == ((code,), (1, 1, 0), 1)
    assert stored(study) == (1, 1, 2)


def test_a_serum_of_another_trial_is_refused(study: Study) -> None:
    other = make_trial()
    tube = make_specimen(make_enrolled(other, make_site(other)))

    with pytest.raises(
        ValidationError, match=rf"run\.csv, line 2, serum “{tube.code}”: it is in the manifest of another"
    ):
        bring(study, long_rows(tube.code, ["1", "2"]))

    assert stored(study) == (0, 0, 0)


def failing_rows(code: str) -> list[list[str]]:
    rows = long_rows(code, ["1800", "90"])
    rows[1][rows[1].index("9000")] = "300"
    return rows


def test_a_failed_serum_counts_nowhere_until_two_people_excuse_it(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    outcome = bring(study, failing_rows(tube.code))
    colleague = make_user("hla_laboratory", trial=study.trial)
    bind(colleague, study.trial, LABORATORY)
    with unsealed(study.trial):
        serum_id = SerumInRun.objects.get().pk
    named = {"trial": study.trial, "serum_id": serum_id, "laboratory": LABORATORY, "at": NOW}

    assert outcome.failed == (tube.code,)
    assert stored(study) == (1, 1, 0)
    with pytest.raises(ValidationError, match="nobody has asked"):
        excuse_serum(**named, by=colleague, reason=REASON)
    request_serum_excuse(**named, by=study.laboratory, reason="the control bead was old; the lot is sound")
    with pytest.raises(ValidationError, match="another person"):
        excuse_serum(**named, by=study.laboratory, reason=REASON)
    assert stored(study) == (1, 1, 0)

    excuse_serum(**named, by=colleague, reason="agreed")

    assert stored(study) == (1, 1, 2)


def test_a_rehearsal_writes_nothing_and_says_the_same(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)

    outcome = rehearse_laboratory_file(
        trial=study.trial, upload=upload(failing_rows(tube.code)), by=study.laboratory, at=NOW
    )

    assert (outcome.new_sera, outcome.failed, stored(study)) == (1, (tube.code,), (0, 0, 0))


def test_a_blinded_person_may_not_import(study: Study) -> None:
    with pytest.raises(PermissionDenied):
        import_laboratory_file(
            trial=study.trial,
            upload=upload(long_rows("S1", ["1", "2"])),
            by=study.nurse,
            at=NOW,
            reason=REASON,
        )


def command(*arguments: object) -> dict[str, Any]:
    out = StringIO()
    with contextlib.suppress(CommandError):
        call_command("import_sab", *map(str, arguments), "--format", "json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_answers_in_the_agreed_form(study: Study, tmp_path: Path) -> None:
    tube = study.take(study.treated, D0, 0)
    path = tmp_path / "fusion.csv"
    path.write_bytes(fusion(fusion_rows(tube.code, ["4362,43", "128,15", "17401,8", "79,6"])))
    arguments = (path, "--trial", study.trial.code, "--laboratory", LABORATORY)

    rehearsed, first, again = command(*arguments, "--dry-run"), command(*arguments), command(*arguments)

    assert (first["vendor"], first["samples"], first["beads"], first["classes"]) == (
        "ONE_LAMBDA",
        1,
        6,
        ["II"],
    )
    assert first["controls"] == {"negative": 70.96, "positive": 7402.82}
    assert (first["above_5000"], first["unparsed"], first["refused"], first["asks"]) == (1, [], [], [])
    assert (rehearsed["new_samples"], first["new_samples"], again["was_known"]) == (1, 1, True)
    assert stored(study)[:2] == (1, 1)


def test_the_command_asks_and_refuses_and_writes_nothing(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "fusion.csv"
    path.write_bytes(
        fusion(fusion_rows("S1", ["1,234", "5", "6", "7"], on="03-04-2020", controls=("70", "7402")))
    )
    arguments = (path, "--trial", study.trial.code, "--laboratory", LABORATORY)

    asked = command(*arguments)
    refused = command(*arguments, "--vendor", "IMMUCOR", "--decimal", "point", "--date-order", "dmy")

    assert sorted(asked["asks"]) == ["date_order", "decimal_separator"]
    assert "the file is of ONE_LAMBDA" in refused["refused"][0]
    assert stored(study) == (0, 0, 0)

"""Results leave as FHIR, SDTM IS and HAML, by API and command; a laboratory gets its own alone."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import User
from immunology.models import SerumInRun
from immunology.queries.exports import sera_as_run
from immunology.rules.files.reading import read_file
from immunology.services import Upload, import_laboratory_file, record_antibody_results
from tests.factories import make_user, unsealed
from tests.integration.immunology.antibody_rows import (
    D0,
    D14,
    LABORATORY,
    NOW,
    REASON,
    Study,
    bind,
    make_result,
    make_study,
)
from tests.plugins.shared_rows import shared_rows
from tests.unit.immunology.laboratory_files import long_form, long_rows

pytestmark = pytest.mark.django_db


@shared_rows
def study() -> Study:
    study = make_study()
    study.measure(study.take(study.treated, D0, 0), A0201="120", B0702="700")
    record_antibody_results(
        specimen=study.take(study.treated, D14, 14),
        results=[
            make_result("A0201", "25000", mfi_limit=">"), make_result("B0702", "500", mfi_limit="<"),
            make_result("A2402", None),
        ],
        by=study.laboratory, at=NOW, reason=REASON,
    )  # fmt: skip
    return study


def client(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def bead_file(study: Study) -> None:
    data = long_form(long_rows(study.take(study.placebo, D0, 0).code, ["120.5", "90"]))
    upload = Upload(read_file(file="run.csv", data=data), data, LABORATORY)
    import_laboratory_file(trial=study.trial, upload=upload, by=study.laboratory, at=NOW, reason=REASON)


def test_fhir_has_a_presence_per_serum_and_an_identity_per_antibody(study: Study) -> None:
    bundle = client(study.laboratory).get("/api/v1/antibody-results/fhir/").data

    resources = [entry["resource"] for entry in bundle["entry"]]
    codes = [one["code"]["coding"][0]["code"] for one in resources]
    assert (codes.count("44534-6"), codes.count("98006-0")) == (2, 5)
    answers = [
        one["valueCodeableConcept"]["coding"][0]["display"]
        for one in resources
        if one["code"]["coding"][0]["code"] == "44534-6"
    ]
    assert answers == ["Equivocal", "Positive"]
    (high,) = [
        component["valueQuantity"]
        for one in resources
        for component in one.get("component", ())
        if component.get("valueQuantity", {}).get("comparator") == ">"
    ]
    assert (high["value"], high["code"]) == (25000, "{MFI}")


def test_sdtm_keeps_a_limit_and_a_missing_value(study: Study) -> None:
    data = client(study.statistician).get("/api/v1/antibody-results/sdtm/").data

    header, *rows = data["IS"]
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    said = {(one["ISBDAGNT"], one["VISITDY"]): one for one in lines}
    assert said["A*02:01", "14"]["ISORRES"] == said["A*02:01", "14"]["ISSTRESC"] == ">25000"
    assert said["A*02:01", "14"]["ISSTRESN"] == ""
    assert said["A*02:01", "0"]["ISSTRESN"] == "120"
    assert said["A*24:02", "14"]["ISSTAT"] == "NOT DONE"
    assert [one["ISSEQ"] for one in lines] == ["1", "2", "3", "4", "5"]
    assert {row[5] for row in data["SUPPIS"][1:]} >= {"ISLOT", "ISCONJ", "ISDIL"}


def test_another_laboratory_gets_nothing_and_a_nurse_no_answer(study: Study) -> None:
    bead_file(study)
    other = make_user("hla_laboratory", trial=study.trial)
    bind(other, study.trial, "HLA Lyon")

    assert client(other).get("/api/v1/antibody-results/fhir/").data["entry"] == []
    assert b"<patient>" not in client(other).get("/api/v1/laboratory-sera/haml/").content
    for path in ("antibody-results/fhir", "antibody-results/sdtm", "laboratory-sera/haml"):
        assert client(study.nurse).get(f"/api/v1/{path}/").status_code == 403


def test_haml_comes_back_as_it_went_and_refuses_what_it_cannot_hold(study: Study) -> None:
    bead_file(study)

    written = client(study.laboratory).get("/api/v1/laboratory-sera/haml/")
    refused = client(study.laboratory).get("/api/v1/laboratory-sera/haml/?version=0.5.0")
    unknown = client(study.laboratory).get("/api/v1/laboratory-sera/haml/?version=9")

    with unsealed(study.trial):
        (own,) = sera_as_run(SerumInRun.objects.select_related("run"))
    (back,) = read_file(file="back.xml", data=written.content).sera
    assert [(one.bead_id, one.specificity, one.mfi_raw) for one in back.beads] == [
        (one.bead_id, one.specificity, one.mfi_raw) for one in own.beads
    ]
    assert (refused.status_code, unknown.status_code) == (400, 400)
    assert "whole numbers up to 32767 only" in str(refused.data)


def test_the_command_writes_each_format(study: Study, tmp_path: Path) -> None:
    bead_file(study)

    def write(name: str, **options: Any) -> Path:
        call_command("export_antibodies", study.trial.code, output=tmp_path / name, **options)
        return tmp_path / name

    assert json.loads(write("is.json", format="fhir").read_text())["resourceType"] == "Bundle"
    assert next(csv.reader(StringIO(write("is.csv", format="sdtm").read_text())))[0] == "STUDYID"
    assert (tmp_path / "suppis.csv").exists()
    assert b"<haml" in write("out.xml", format="haml").read_bytes()
    with pytest.raises(CommandError, match=r"version 0\.5\.0 has whole numbers"):
        write("old.xml", format="haml", haml_version="0.5.0")

"""Files from outside: dangerous XML, schemas, acknowledgements, and the commands that read them."""

import json
import shutil
import tracemalloc
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from pharmacovigilance.e2b.acknowledgements import (
    AcknowledgementOutcome,
    SentMessage,
    acknowledged_outcomes,
    read_acknowledgement,
)
from pharmacovigilance.e2b.checking import check_message
from pharmacovigilance.e2b.document import SIZE_LIMIT_BYTES, parse_document
from pharmacovigilance.e2b.refusals import MessageError
from pharmacovigilance.e2b.schema import SchemaSetError, loaded_schema, store_schemas
from pharmacovigilance.e2b.writing import write_batch
from pharmacovigilance.management.commands import check_icsr, load_e2b_schemas, read_ack
from tests.unit.pharmacovigilance.e2b_messages import (
    ACKNOWLEDGEMENT,
    AT,
    EXAMPLES,
    SCHEMAS,
    make_batch,
    make_message,
    make_reaction,
)

ROOT = "MCCI_IN200100UV01"
LAUGHS = (
    '<!DOCTYPE m [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + f']><{ROOT} xmlns="urn:hl7-org:v3">&j;</{ROOT}>'
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (LAUGHS.encode(), "declares a document type"),
        (b'<!DOCTYPE m SYSTEM "file:///etc/passwd"><m/>', "declares a document type"),
        (
            b'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><m>&x;</m>',
            "declares a document type",
        ),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE m []><m/>'.encode("utf-16"), "document type"),
        (b"", "no well-formed XML"),
        (b"PK\x03\x04", "no well-formed XML"),
        (b"<a>" * 5000, "no well-formed XML"),
        (f"<{ROOT}/>".encode(), "expected is MCCI_IN200100UV01"),
        (b'<ichicsr xmlns="urn:hl7-org:v3"/>', "The first element is ichicsr"),
    ],
)
def test_dangerous_or_foreign_file_is_refused_in_one_sentence(content, sentence) -> None:
    with pytest.raises(MessageError, match=sentence) as refusal:
        parse_document(content, roots=(ROOT,))

    assert "\n" not in str(refusal.value)


class _Endless:
    """A file of 100 MB that is made while it is read."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int) -> bytes:
        self.given += size
        return b"<" + b"x" * (size - 1) if self.given <= 100 * 1024 * 1024 else b""


def test_100_megabytes_are_refused_in_constant_memory() -> None:
    endless = _Endless()
    tracemalloc.start()

    with pytest.raises(MessageError, match="larger than 20 MiB"):
        parse_document(endless, roots=(ROOT,))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * SIZE_LIMIT_BYTES
    assert endless.given < SIZE_LIMIT_BYTES + 1024 * 1024


def test_without_schemas_the_check_says_unknown_and_not_valid(tmp_path) -> None:
    report = check_message(write_batch(make_batch()), profile="ich", at=AT, schemas=tmp_path / "none")

    assert report.schema_valid is None
    assert report.findings == ()


def test_stored_schemas_decide(tmp_path) -> None:
    count = store_schemas(SCHEMAS, tmp_path / "set")
    good = write_batch(make_batch())
    bad = good.replace(b"<statusCode", b"<unheardOf/><statusCode")

    valid = check_message(good, profile="ich", at=AT, schemas=tmp_path / "set")
    invalid = check_message(bad, profile="ich", at=AT, schemas=tmp_path / "set")

    assert count == len(list(SCHEMAS.rglob("*.xsd")))
    assert valid.schema_valid is True
    assert invalid.schema_valid is False
    assert any(f.rule.startswith("XSD: ") and f.element == "unheardOf" for f in invalid.findings)
    assert invalid.not_used == ("PORR_IN049016UV/controlActProcess/subject/investigationEvent/unheardOf",)


def test_folder_without_schemas_is_refused_and_the_stored_set_stays(tmp_path) -> None:
    store_schemas(SCHEMAS, tmp_path / "set")
    (tmp_path / "empty").mkdir()

    with pytest.raises(SchemaSetError, match="holds no multicacheschemas"):
        store_schemas(tmp_path / "empty", tmp_path / "set")

    assert loaded_schema(tmp_path / "set", ROOT) is not None


def test_schema_that_was_changed_after_loading_is_not_used(tmp_path) -> None:
    store_schemas(SCHEMAS, tmp_path / "set")
    path = tmp_path / "set" / "multicacheschemas" / f"{ROOT}.xsd"
    path.write_bytes(path.read_bytes() + b"<!-- changed -->")

    with pytest.raises(SchemaSetError, match="is not the file that was loaded"):
        loaded_schema(tmp_path / "set", ROOT)


def test_schema_that_does_not_compile_is_refused(tmp_path) -> None:
    shutil.copytree(SCHEMAS, tmp_path / "given")
    broken = tmp_path / "given" / "coreschemas" / "datatypes.xsd"
    broken.chmod(0o644)
    broken.write_text("<broken")

    with pytest.raises(SchemaSetError, match="does not compile"):
        store_schemas(tmp_path / "given", tmp_path / "set")

    assert not (tmp_path / "set").exists()


SENT = SentMessage(
    batch="FAERS2022Scenario1-4069-a2dd-08002b30309d",
    batch_sender="4567AB89012",
    batch_receiver="ZZFDA",
    message="21ec1492-3aea-4069-a2ab-08002b30309d",
    report="US-APHARMA-8744554B",
)


def acknowledgement(*changes: tuple[str, str]) -> bytes:
    text = ACKNOWLEDGEMENT.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


@pytest.mark.parametrize(
    ("changes", "outcome", "reasons"),
    [
        ((), AcknowledgementOutcome.ACCEPTED, ("Report Loaded Successfully",)),
        (
            (("Report Loaded Successfully", "W0001: C.1.10.r should be provided"),),
            AcknowledgementOutcome.WITH_WARNINGS,
            ("W0001: C.1.10.r should be provided",),
        ),
        (
            (('typeCode="CA"', 'typeCode="CR"'), ("Report Loaded Successfully", "D.9.1 must be provided")),
            AcknowledgementOutcome.REJECTED,
            ("D.9.1 must be provided",),
        ),
    ],
)
def test_acknowledgement_says_what_became_of_a_message(changes, outcome, reasons) -> None:
    read = read_acknowledgement(acknowledgement(*changes))

    (found,) = acknowledged_outcomes(read, sent=[SENT])

    assert (found.outcome, found.reasons, found.local_number) == (outcome, reasons, "19426648")


def test_batch_rejected_as_a_whole_rejects_each_message() -> None:
    content = acknowledgement(('typeCode="AA"', 'typeCode="AR"'))
    start, end = content.index(b"<MCCI_IN000002UV01>"), content.index(b"</MCCI_IN000002UV01>")
    read = read_acknowledgement(content[:start] + content[end + len(b"</MCCI_IN000002UV01>") :])

    (found,) = acknowledged_outcomes(read, sent=[SENT])

    assert found.outcome is AcknowledgementOutcome.REJECTED
    assert found.reasons == ("message successfully processed, no further action",)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ((('extension="ZZFDA"', 'extension="STRANGER"'),), "ACK.M.2: “STRANGER” answers a batch"),
        ((("FAERS2022Scenario1-4069", "UNKNOWN-4069"),), "ACK.A.1: .* is no batch that was sent"),
        ((("21ec1492", "99ec1492"),), "ACK.B.r.1: .* is no message of the batch"),
        ((('typeCode="AA"', 'typeCode="ZZ"'),), "ACK.A.4: “ZZ” is no transmission code"),
        ((('typeCode="CA"', 'typeCode="QQ"'),), "ACK.B.r.6: “QQ” is no acknowledgement code"),
        ((('extension="33439257"', ""),), "ACK.M.1: a value is mandatory"),
    ],
)
def test_foreign_acknowledgement_is_refused_in_one_sentence(changes, sentence) -> None:
    with pytest.raises(MessageError, match=sentence):
        acknowledged_outcomes(read_acknowledgement(acknowledgement(*changes)), sent=[SENT])


def test_icsr_is_no_acknowledgement() -> None:
    with pytest.raises(MessageError, match="expected is MCCI_IN200101UV01"):
        read_acknowledgement(EXAMPLES[0].read_bytes())


def run(command, *arguments: str) -> tuple[str, str, int]:
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command(command.Command(), *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return out.getvalue(), err.getvalue(), status


def test_check_icsr_prints_the_contract(tmp_path, settings) -> None:
    settings.E2B_SCHEMA_DIR = tmp_path / "none"
    file = tmp_path / "icsr.xml"
    file.write_bytes(write_batch(make_batch(make_message(reactions=(make_reaction(E_i_7="9"),)))))

    out, err, status = run(check_icsr, str(file), "--profile", "ich", "--format", "json")

    answer = json.loads(out)
    assert answer["schema_valid"] is None
    assert "schemas are not loaded" in err
    assert status == 1
    assert answer["findings"] == [
        {
            "element": "E.i.7",
            "path": "N.2.r[1]/E.i[1]/E.i.7",
            "value": "9",
            "rule": "ICH E.i.7: the values allowed are 0, 1, 2, 3, 4, 5",
            "severity": "error",
        }
    ]


def test_check_icsr_after_loading_the_schemas(tmp_path, settings) -> None:
    settings.E2B_SCHEMA_DIR = tmp_path / "set"
    said, _, _ = run(load_e2b_schemas, str(SCHEMAS))

    out, err, status = run(check_icsr, str(EXAMPLES[1]), "--profile", "fda", "--format", "json")

    assert "schema files are stored" in said
    assert (err, status) == ("", 0)
    assert json.loads(out)["schema_valid"] is True


def test_check_icsr_refuses_a_file_that_is_no_message(tmp_path, settings) -> None:
    settings.E2B_SCHEMA_DIR = tmp_path / "none"
    file = tmp_path / "laughs.xml"
    file.write_text(LAUGHS)

    with pytest.raises(CommandError, match="declares a document type"):
        run(check_icsr, str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        run(check_icsr, str(tmp_path / "absent.xml"))


def test_read_ack_prints_the_outcome() -> None:
    out, _, status = run(read_ack, str(ACKNOWLEDGEMENT), "--format", "json")

    answer = json.loads(out)
    assert status == 0
    assert [a["outcome"] for a in answer["answers"]] == ["accepted"]


def test_a_stream_is_read_like_bytes() -> None:
    content = write_batch(make_batch())

    assert parse_document(BytesIO(content), roots=(ROOT,)).tag == parse_document(content, roots=(ROOT,)).tag

"""The documents of a report (JSON, HTML and PDF), made from a frozen snapshot only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from documents.legible_text import is_legible
from reports.choices import ReportFormat, ReportKind
from reports.frames import Frames, read_snapshot
from reports.rendering.document import Document, Header, assemble, json_bytes, sha256_hex
from reports.rendering.html import html_bytes
from reports.rendering.legible import legible_document
from reports.rendering.page import page_of
from reports.rendering.pdf import pdf_bytes
from reports.tables import (
    CodedArm,
    TablePlan,
    arms_summary,
    closed_profiles,
    closed_tables,
    open_profiles,
    open_tables,
)
from reports.tables.open_content import left_out_tables, open_content
from reports.tables.plan import NO_ARM
from reports.tables.population import is_anybody_without_arm
from reports.tables.profiles import Profiles
from reports.tables.version_changes import figures_that_moved, version_changes
from trials.rules.protocol import OpenReportPlan, Protocol, parse_protocol


def document_of(snapshot: bytes) -> Document:
    """The report's JSON document, computed from the bytes of a snapshot."""
    content, frames = read_snapshot(snapshot)
    protocol = parse_protocol(content["protocol"]["content"])
    is_closed = content["kind"] == ReportKind.CLOSED
    plan = _plan(content, protocol, frames)
    computed = closed_tables(frames, plan) if is_closed else open_tables(frames, plan)
    rule, is_close = protocol.open_report, bool(content.get("is_close_to_another"))
    tables = computed if is_closed else open_content(computed, rule, is_too_close=is_close)
    found = _profiles(frames, plan, has_any=is_closed or (rule.has_listings and not is_close))
    header = _header(content, protocol, sha256_hex(snapshot))
    if not is_closed:
        header = replace(
            header, board={**header.board, "open_report": _open_report(rule, computed, tables, is_close)}
        )
    return assemble(
        header=header,
        arms=arms_summary(frames, plan),
        tables=[*_version_changes(content, tables), *(_with_basis(table, content) for table in tables)],
        profiles=found.shown,
        profiles_left_out=found.left_out,
    )


def _profiles(frames: Frames, plan: TablePlan, *, has_any: bool) -> Profiles:
    if not has_any:
        return Profiles([], 0)
    return open_profiles(frames, plan) if plan.is_open else closed_profiles(frames, plan)


def _open_report(
    rule: OpenReportPlan, computed: Sequence[dict[str, Any]], shown: Sequence[dict[str, Any]], is_close: bool
) -> dict[str, Any]:
    """What the open report leaves out, and by which rule."""
    return {
        "left_out": left_out_tables(computed, shown),
        "has_listings": rule.has_listings,
        "has_survival": rule.has_survival,
        "minimum_step": rule.minimum_step if is_close else None,
        "source": rule.source,
    }


def rendered(document: Document) -> dict[ReportFormat, bytes]:
    """The three documents of one kind, the same bytes each time."""
    page, content = page_of(document), json_bytes(document)
    paper = page if is_legible(content.decode()) else page_of(legible_document(document))
    return {
        ReportFormat.JSON: content,
        ReportFormat.HTML: html_bytes(page),
        ReportFormat.PDF: pdf_bytes(paper),
    }


def _version_changes(content: Mapping[str, Any], tables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of all tables, in a new version only: the corrections, and the figures that they changed."""
    corrections = content.get("corrections")
    if not corrections:
        return []
    corrected = version_changes(corrections)
    return (
        [corrected, figures_that_moved(corrections, tables)]
        if "figures_before" in corrections
        else [corrected]
    )


def _with_basis(table: dict[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """The enrolment table names the source of the dates of enrolment."""
    if table["id"] != "enrolment" or not content["enrolment_basis"]:
        return table
    sources = [f"{basis.replace('_', ' ')} ({count})" for basis, count in content["enrolment_basis"].items()]
    note = f"Dates of enrolment were taken from (participants): {', '.join(sources)}."
    return {**table, "notes": [*table["notes"], note]}


def _arms(content: Mapping[str, Any], frames: Frames) -> tuple[CodedArm, ...]:
    """The coded arms in the order of their letters.

    In a closed report a last column for participants without one.

    The last letter is the reference of its comparisons. Which letter is the control's is in the key, which is stored
    separately.
    """
    letters = content["arms"]
    arms = tuple(CodedArm(letter, is_reference=letter == letters[-1]) for letter in letters)
    if content["kind"] == ReportKind.CLOSED and (not arms or is_anybody_without_arm(frames)):
        return (*arms, CodedArm(NO_ARM, is_reference=False))
    return arms


def _plan(content: Mapping[str, Any], protocol: Protocol, frames: Frames) -> TablePlan:
    previous = content["previous_cutoff_at"]
    return TablePlan(
        protocol=protocol,
        arms=_arms(content, frames),
        previous_cutoff_at=datetime.fromisoformat(previous) if previous else None,
        previous_look=content.get("previous_look"),
        data_cutoff_at=datetime.fromisoformat(content["data_cutoff_at"]),
    )


def _header(content: Mapping[str, Any], protocol: Protocol, snapshot_sha256: str) -> Header:
    return Header(
        trial=content["trial"],
        title=content["title"],
        look=content["look"],
        trigger=content.get("trigger") or ("request" if content["look"] is None else "look"),
        kind=content["kind"],
        version=content["version"],
        data_cutoff_at=datetime.fromisoformat(content["data_cutoff_at"]),
        snapshot_sha256=snapshot_sha256,
        provenance=content["provenance"],
        entered_after_cutoff=content["entered_after_cutoff"],
        corrected_after_cutoff=content["corrected_after_cutoff"],
        board={
            "looks": list(protocol.looks),
            "looks_source": protocol.looks_source,
            "without_allocation": content["without_allocation"],
        },
    )

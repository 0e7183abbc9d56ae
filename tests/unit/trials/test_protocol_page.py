"""The page on protocol files names every key that the reader knows."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from trials.rules import protocol

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "protocol-file.md").read_text()
TABLES = (
    protocol.Protocol, protocol.Arm, protocol.RandomisationPlan, protocol.SiteDefinition, protocol.Stratum,
    protocol.Level, protocol.InfusionPlan, protocol.PlannedDose, protocol.ProductSpecification,
    protocol.EventWindow, protocol.Dictionary, protocol.CausalityCategory, protocol.Boundary,
    protocol.ReportingPlan, protocol.Clock, protocol.HaemodynamicPlan, protocol.PlannedCheck,
    protocol.Criterion, protocol.CriterionPart, protocol.Plausibility, protocol.AntibodyPlan,
    protocol.PositiveMfi, protocol.PlannedSample, protocol.LookPlan, protocol.Schedule, protocol.AdHocPlan,
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_the_page_names_every_key_of_a_table(table: type) -> None:
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", PAGE))))

    assert [field.name for field in fields(table) if field.name not in named] == []

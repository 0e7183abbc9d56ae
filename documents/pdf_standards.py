"""The PDF standards of every archived PDF."""

from typing import Any

STANDARDS: list[Any] = ["a-2a", "ua-1"]
"""Archival (PDF/A-2a) and accessible (PDF/UA-1)."""

"""Writes about the trail: actor and reason, versions and voids, and the sealing."""

from audit.services.attribution import (
    Actor,
    attributed,
    current_request_id,
    first_version,
    mark_void,
    next_version,
    translate_refusal,
)
from audit.services.sealing import seal_entries

__all__ = [
    "Actor",
    "attributed",
    "current_request_id",
    "first_version",
    "mark_void",
    "next_version",
    "seal_entries",
    "translate_refusal",
]

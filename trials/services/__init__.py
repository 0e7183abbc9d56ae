"""Writes of the trials app: each atomic, authorised, with a reason."""

from trials.services.protocols import LoadedProtocol, draw_arm_letters, load_protocol, open_site

__all__ = [
    "LoadedProtocol",
    "draw_arm_letters",
    "load_protocol",
    "open_site",
]

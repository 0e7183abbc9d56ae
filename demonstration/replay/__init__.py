"""The demonstration played through the real services, in the order in which things happened."""

from demonstration.replay.cast import Login
from demonstration.replay.play import load_demonstration_protocol, play

__all__ = ["Login", "load_demonstration_protocol", "play"]

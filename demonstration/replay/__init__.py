"""The demonstration played through the real services, in the order in which things happened."""

from demonstration.replay.seed import load_demonstration_protocol, seed_trial
from demonstration.replay.staff import Login

__all__ = ["Login", "load_demonstration_protocol", "seed_trial"]

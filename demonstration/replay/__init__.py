"""The demonstration, entered through the real services in order of time."""

from demonstration.replay.seed import load_demonstration_protocol, seed_trial
from demonstration.replay.staff import Login

__all__ = ["Login", "load_demonstration_protocol", "seed_trial"]

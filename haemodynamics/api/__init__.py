from haemodynamics.api import readings

__all__ = [
    "readings",
]

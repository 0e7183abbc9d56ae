"""Haemodynamic readings and findings over HTTP."""

from haemodynamics.api.readings import ROUTES

__all__ = ["ROUTES"]

"""Checks after an infusion."""

"""MedDRA's ASCII distribution: read and checked. Pure; no term is in this repository."""

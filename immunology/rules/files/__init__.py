"""Readers of the files that HLA laboratories export: bytes in, sera with their beads and every refusal out.

No I/O.
"""

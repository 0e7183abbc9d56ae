"""Writes of pharmacovigilance. Each verb asks the permission table, decides by rules, and writes in one transaction."""

"""Writes of pharmacovigilance. Each checks the permission, decides by rules, and writes in one transaction."""

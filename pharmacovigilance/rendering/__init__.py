"""Documents of pharmacovigilance: listings as CSV and PDF, and CIOMS I. Pure."""

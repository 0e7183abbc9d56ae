"""The open letter as HTML and PDF."""

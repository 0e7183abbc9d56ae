"""Writes of the reports app: looks that are due, reports that are made, documents that are handed out."""

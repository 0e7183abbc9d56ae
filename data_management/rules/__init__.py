"""The rules of data management."""

"""Writes of the reports app: due looks, the making of reports, the opening of documents."""

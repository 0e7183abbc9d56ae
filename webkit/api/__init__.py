"""What every resource of the HTTP API stands on: token, permission table, scope, pages, idempotency, problem details.

Resources of higher apps import from `webkit.api.resources`. Nothing is imported here: the framework loads the other
modules by name while it is itself still loading.
"""

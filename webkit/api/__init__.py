"""The base of every resource of the HTTP API: token, permission table, scope, pages, idempotency, problem details.

Resources of higher apps import from `webkit.api.resources`. Nothing is imported here, because the framework loads the
other modules by name while it is loading itself.
"""

"""The fixtures of every test, from tests/plugins: database, shared rows, browser, broker and worker, guards."""

pytest_plugins = [
    "tests.plugins.guards",
    "tests.plugins.shared_rows",
    "tests.plugins.databases",
    "tests.plugins.browser",
    "tests.plugins.sites",
    "tests.plugins.workers",
]

"""What every test may ask for.

The fixtures stand in tests/plugins: database, shared rows, browser, broker and worker, guards.
"""

pytest_plugins = [
    "tests.plugins.guards",
    "tests.plugins.shared_rows",
    "tests.plugins.databases",
    "tests.plugins.browser",
    "tests.plugins.sites",
    "tests.plugins.workers",
]

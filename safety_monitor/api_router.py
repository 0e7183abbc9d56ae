"""Every resource of the HTTP API and its path: the `ROUTES` of each app's `api`. Registration only."""

from importlib import import_module
from importlib.util import find_spec

from rest_framework.routers import SimpleRouter

APPS = (
    "trials",
    "assessments",
    "events",
    "product",
    "haemodynamics",
    "immunology",
    "pharmacovigilance",
    "reports",
    "dsmb",
    "data_management",
)

router = SimpleRouter()
for app in APPS:
    if find_spec(f"{app}.api"):
        for prefix, viewset in import_module(f"{app}.api").ROUTES:
            router.register(prefix, viewset, basename=prefix)

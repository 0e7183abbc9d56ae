"""Settings of the test run: the same services and the same two database roles as in production, in a folder apart.

Servers of their own under var/test, so that no test can touch a site's data, and none waits for its disk.
"""

import os

from devserver.places import PROJECT

os.environ.setdefault("SAFETY_VAR_DIR", str(PROJECT / "var" / "test"))
os.environ.setdefault("SAFETY_FSYNC", "off")

from devserver.settings import *  # noqa: F403
from devserver.settings import DATABASES, STATIC_ROOT

PASSWORD_HASHERS = ["tests.plugins.hashing.FixedSaltHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Never the site's own queue: `.delay` goes nowhere, unless a test asks for the fixture `broker` (a private
# Valkey).
CELERY_BROKER_URL = os.environ.get("SAFETY_TEST_BROKER_URL", "memory://")

# A test database that a power cut may damage is no loss, and every commit spares a flush of the disk.
for _entry in DATABASES.values():
    _entry["OPTIONS"]["options"] = "-c synchronous_commit=off"

# Nothing is collected for tests, but WhiteNoise warns about a folder that is not there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# Most workers of tests make no report: those that do load what they need at their first.
WORKER_LOADS_FIRST = ()

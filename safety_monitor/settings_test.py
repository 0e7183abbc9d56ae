"""Settings of the test run: the same services and the same two database roles as in production, in a separate folder.

Its own servers under var/test, so that no test can touch a site's data, and none waits for its disk.
"""

import os

from devserver.places import PROJECT

os.environ.setdefault("SAFETY_VAR_DIR", str(PROJECT / "var" / "test"))
os.environ.setdefault("SAFETY_FSYNC", "off")

from devserver.settings import *  # noqa: F403
from devserver.settings import DATABASES, STATIC_ROOT

PASSWORD_HASHERS = ["tests.plugins.hashing.FixedSaltHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Never the site's own queue: `.delay` sends nothing, unless a test uses the fixture `broker` (a private Valkey).
CELERY_BROKER_URL = os.environ.get("SAFETY_TEST_BROKER_URL", "memory://")

# A power cut may damage a test database, and every commit saves a flush of the disk.
for _entry in DATABASES.values():
    _entry["OPTIONS"]["options"] = "-c synchronous_commit=off"

# No static files are collected for tests, and WhiteNoise warns about a missing folder.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# Most test workers make no report; the others load what they need on first use.
WORKER_LOADS_FIRST = ()

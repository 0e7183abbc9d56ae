"""Settings of the test run: the same services and the same two database roles; only cheap passwords and no
files."""

from safety_monitor.settings import *  # noqa: F403
from safety_monitor.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False

# Never the site's own queue. The fixture `broker` gives a test a private Valkey, `celery_worker` a worker on
# it.
CELERY_BROKER_URL = "memory://"

# A test database that a power cut may damage is no loss, and every commit spares a disk's flush.
for _entry in DATABASES.values():
    _entry["OPTIONS"]["options"] = "-c synchronous_commit=off"

"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

from devserver.lease import ensure_services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety_monitor.settings")
ensure_services()
application = get_wsgi_application()

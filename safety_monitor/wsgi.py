"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from safety_monitor.environment import refused_in_one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety_monitor.settings")
with refused_in_one_sentence():
    application = get_wsgi_application()

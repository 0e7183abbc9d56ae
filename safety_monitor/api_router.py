"""Every resource of the HTTP API and the path it answers on. Registration only."""

from rest_framework.routers import SimpleRouter

router = SimpleRouter()

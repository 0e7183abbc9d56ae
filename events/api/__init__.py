"""The events app over HTTP: each resource and the path it answers on."""

from events.api import adverse_events

ROUTES = adverse_events.ROUTES

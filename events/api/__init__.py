"""The events app over HTTP: each resource and its path."""

from events.api import adverse_events

ROUTES = adverse_events.ROUTES

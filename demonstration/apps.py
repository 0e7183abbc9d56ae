"""The demonstration trial: synthetic participants replayed through the services that everybody uses."""

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """The demonstration trial's app."""

    name = "demonstration"

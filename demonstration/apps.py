"""The demonstration trial: synthetic participants, entered through the ordinary services."""

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """The demonstration trial's app."""

    name = "demonstration"

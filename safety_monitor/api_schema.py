"""The API's description, made once per process and language: it is the same for everybody, and takes half a second."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator


class RememberedSchema(SchemaGenerator):
    """As drf-spectacular's, which asks every resource anew each time; code and settings do not change meanwhile."""

    def get_schema(self, request: HttpRequest | None = None, public: bool = False) -> Any:  # noqa: ARG002
        """The public description in the language of the moment."""
        return _described(get_language())


@cache
def _described(_language: str | None) -> Any:
    return SchemaGenerator().get_schema(public=True)

"""The API's description, made and written once per process and language.

It is the same for everybody, and making and writing take half a second each.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

_described: dict[str | None, Any] = {}
_written: dict[str | None, Any] = {}


class RememberedSchema(SchemaGenerator):
    """As drf-spectacular's, which asks every resource anew each time; code and settings do not change meanwhile."""

    def get_schema(self, request: HttpRequest | None = None, public: bool = False) -> Any:  # noqa: ARG002
        """The public description in the language of the moment."""
        language = get_language()
        if language not in _described:
            _described[language] = SchemaGenerator().get_schema(public=True)
        return _described[language]


class RememberedYaml(OpenApiYamlRenderer):
    """As drf-spectacular's, which writes the whole description anew for each reader of the documentation."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """A remembered description as it was written first; anything else, such as a refusal, anew."""
        language = next((one for one, described in _described.items() if described is data), None)
        if language is None:
            return super().render(data, accepted_media_type, renderer_context)
        if language not in _written:
            _written[language] = super().render(data, accepted_media_type, renderer_context)
        return _written[language]

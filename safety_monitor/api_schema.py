"""The API's schema, generated once per process and language: it is the same for all readers.

Generating and writing take half a second each.
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
    """As drf-spectacular's, which generates the schema on each request.

    Code and settings do not change in a process.
    """

    def get_schema(self, request: HttpRequest | None = None, public: bool = False) -> Any:  # noqa: ARG002
        """The public schema in the current language."""
        language = get_language()
        if language not in _described:
            _described[language] = SchemaGenerator().get_schema(public=True)
        return _described[language]


class RememberedYaml(OpenApiYamlRenderer):
    """As drf-spectacular's, which renders the whole schema on each request of the documentation."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The cached schema as first rendered; anything else, such as a refusal, is rendered each time."""
        language = next((one for one, described in _described.items() if described is data), None)
        if language is None:
            return super().render(data, accepted_media_type, renderer_context)
        if language not in _written:
            _written[language] = super().render(data, accepted_media_type, renderer_context)
        return _written[language]

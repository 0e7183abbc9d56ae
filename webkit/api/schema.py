"""The parts of the OpenAPI schema common to every resource: the token, the key of a create, the refusals."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from webkit.api.problems import PROBLEM_TYPE
from webkit.api.resources import KEY_LENGTH, IdempotentCreateMixin


class BearerToken(OpenApiAuthenticationExtension):
    """`Authorization: Bearer …`."""

    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer"}


class FieldProblemSerializer(serializers.Serializer[Any]):
    """One refused field; an empty name means the request as a whole."""

    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()
    code = serializers.CharField(help_text="A word for programs; the message is for people and may change.")


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    errors = FieldProblemSerializer(many=True)  # type: ignore[assignment]


REFUSALS = {
    "400": "What was sent is refused: each field by name, in one sentence.",
    "401": "No token, or one that is unknown, expired or revoked.",
    "403": "The role of the token may not do this.",
    "404": "Not there, or not within the reach of the token.",
    "406": "None of the media types that are accepted can be given.",
    "409": "The record was changed since the version that was sent; read it again.",
    "415": "The body is in another media type.",
    "422": "The Idempotency-Key was used for another request.",
}


class RefusalSchema(AutoSchema):
    """Adds to each operation its possible refusals, and to a create its `Idempotency-Key`.

    drf-spectacular has no public way to add a response to every operation, nor to describe a read-only choice: only
    this class uses its private methods. `tests/unit/webkit/test_private_interfaces.py` fails when they change.
    """

    def get_override_parameters(self) -> list[Any]:
        if not self._is_keyed():
            return []
        description = (
            "Sent twice with the same key, a request creates once. At most "
            f"{KEY_LENGTH} printable ASCII characters."
        )
        return [OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description=description)]

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        if isinstance(field, serializers.ChoiceField) and _may_be_blank(field):
            field.allow_blank = True
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction=direction)
        return bodies | {code: self._refusal(code, direction) for code in self._refusals()}

    def _refusals(self) -> list[str]:
        codes = ["400", "401", "403", "404", "406"]
        if self.method in ("POST", "PUT", "PATCH"):
            codes += ["409", "415"]
        if self._is_keyed():
            codes.append("422")
        return codes

    def _refusal(self, code: str, direction: Any) -> dict[str, Any]:
        body: dict[str, Any] = self._get_response_for_code(ProblemSerializer, code, [PROBLEM_TYPE], direction)
        return body | {"description": REFUSALS[code]}

    def _is_keyed(self) -> bool:
        return isinstance(self.view, IdempotentCreateMixin) and getattr(self.view, "action", "") == "create"


def _may_be_blank(field: serializers.ChoiceField) -> bool:
    """Whether the row may have an empty choice ("not recorded"); a read-only field does not declare this."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    if model is None or not field.read_only or not field.source:
        return False
    columns = {column.name: column for column in model._meta.concrete_fields}
    column = columns.get(field.source)
    return column is not None and column.blank and not column.null

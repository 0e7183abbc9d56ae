"""Refusals in one shape."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.refusals import sentence, sentences

PROBLEM_TYPE = "application/problem+json"


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:  # noqa: ARG001
    """Every refusal in one shape (RFC 9457): `type`, `title`, `status`, `detail`, and `errors` per field."""
    error = _as_api_error(error)
    if not isinstance(error, exceptions.APIException):
        return None
    errors = _field_errors(error.detail)
    detail = " ".join(item["message"] for item in errors)
    body = {
        "type": "about:blank",
        "title": str(error.default_detail),
        "status": error.status_code,
        "detail": detail,
        "errors": errors,
    }
    headers = {"WWW-Authenticate": header} if (header := getattr(error, "auth_header", None)) else {}
    return Response(body, status=error.status_code, headers=headers, content_type=PROBLEM_TYPE)


def _as_api_error(error: Exception) -> Exception:
    if isinstance(error, DjangoValidationError):
        return exceptions.ValidationError(_by_field(error))
    if isinstance(error, DjangoPermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, Http404):
        return exceptions.NotFound()
    return error


def _by_field(error: DjangoValidationError) -> dict[str, list[str]]:
    """What a service refuses, field by field, each sentence with its field's name."""
    if not hasattr(error, "error_dict"):
        return {"": error.messages}
    by_field = {name: DjangoValidationError(errors) for name, errors in error.error_dict.items()}
    whole = by_field.pop(NON_FIELD_ERRORS, None)
    said = {name: sentences(each, label=name.replace("_", " ")) for name, each in by_field.items()}
    return said | ({"": whole.messages} if whole else {})


def _field_errors(detail: Any, field: str = "") -> list[dict[str, str]]:
    if isinstance(detail, Mapping):
        return [
            item for name, inner in detail.items() for item in _field_errors(inner, _join(field, str(name)))
        ]
    if isinstance(detail, list):
        return [item for inner in detail for item in _field_errors(inner, field)]
    return [{"field": field, "message": _named(field, detail)}]


def _named(field: str, detail: Any) -> str:
    """A sentence about a field with its name; one about the request as a whole as it is."""
    if not field:
        return str(detail)
    label = field.rsplit(".", 1)[-1].replace("_", " ")
    return sentence(str(detail), code=getattr(detail, "code", ""), label=label, value=None)


def _join(outer: str, inner: str) -> str:
    if inner in ("", "non_field_errors"):
        return outer
    return f"{outer}.{inner}" if outer else inner

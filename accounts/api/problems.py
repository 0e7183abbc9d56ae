"""Refusals in one shape."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

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
        detail = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        return exceptions.ValidationError(
            {("" if field == "__all__" else field): text for field, text in detail.items()}
        )
    if isinstance(error, DjangoPermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, Http404):
        return exceptions.NotFound()
    return error


def _field_errors(detail: Any, field: str = "") -> list[dict[str, str]]:
    if isinstance(detail, Mapping):
        return [
            item for name, inner in detail.items() for item in _field_errors(inner, _join(field, str(name)))
        ]
    if isinstance(detail, list):
        return [item for inner in detail for item in _field_errors(inner, field)]
    return [{"field": field, "message": str(detail)}]


def _join(outer: str, inner: str) -> str:
    if inner in ("", "non_field_errors"):
        return outer
    return f"{outer}.{inner}" if outer else inner

"""The error format of the API."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from webkit.forms.refusals import sentence, sentences

PROBLEM_TYPE = "application/problem+json"
OLD_VERSION = "version_is_old"
"""The code of a refusal because the record changed since it was read."""


class VersionConflict(exceptions.APIException):
    """The record was changed after the version on which a change was based: read it again, then change it."""

    status_code = status.HTTP_409_CONFLICT
    default_code = OLD_VERSION

    @property
    def default_detail(self) -> str:  # type: ignore[override]
        return _("The record was changed since it was read.")


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal in one format (RFC 9457): `type`, `title`, `status`, `code`, `detail`, and `errors` per field.

    A `code` is for programs, of the refusal as a whole and of each field; sentences are for people and may change.
    """
    error = _as_api_error(error)
    if not isinstance(error, exceptions.APIException):
        return None
    errors = _field_errors(error.detail)
    detail = " ".join(item["message"] for item in errors)
    body = {
        "type": "about:blank",
        "title": str(error.default_detail),
        "status": error.status_code,
        "code": error.default_code,
        "detail": detail,
        "errors": errors,
    }
    return Response(
        body, status=error.status_code, headers=_headers(error, context), content_type=PROBLEM_TYPE
    )


def address_not_found(request: HttpRequest) -> HttpResponse:
    """The response to an unknown address below `/api/`: the common format, and never the sign-in page."""
    detail = _("There is no such address.")
    if not request.path.endswith("/"):
        detail = _("There is no such address; the addresses of the API end with a slash.")
    item = {"field": "", "message": detail, "code": "not_found"}
    body = {
        "type": "about:blank",
        "title": str(exceptions.NotFound.default_detail),
        "status": status.HTTP_404_NOT_FOUND,
        "code": "not_found",
        "detail": detail,
        "errors": [item],
    }
    return JsonResponse(body, status=status.HTTP_404_NOT_FOUND, content_type=PROBLEM_TYPE)


def _headers(error: exceptions.APIException, context: dict[str, Any]) -> dict[str, str]:
    if header := getattr(error, "auth_header", None):
        return {"WWW-Authenticate": header}
    if isinstance(error, exceptions.MethodNotAllowed) and (view := context.get("view")):
        return {"Allow": ", ".join(view.allowed_methods)}
    return {}


def _as_api_error(error: Exception) -> Exception:
    if isinstance(error, DjangoValidationError):
        detail = _by_field(error)
        is_old = any(each.code == OLD_VERSION for said in detail.values() for each in said)
        return VersionConflict(detail) if is_old else exceptions.ValidationError(detail)
    if isinstance(error, DjangoPermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, Http404):
        return exceptions.NotFound()
    return error


def _by_field(error: DjangoValidationError) -> dict[str, list[exceptions.ErrorDetail]]:
    """The refusals of a service by field, each sentence with its field's name and its code."""
    if not hasattr(error, "error_dict"):
        return {"": _coded(error, error.messages)}
    by_field = {name: DjangoValidationError(errors) for name, errors in error.error_dict.items()}
    whole = by_field.pop(NON_FIELD_ERRORS, None)
    said = {
        name: _coded(each, sentences(each, label=name.replace("_", " "))) for name, each in by_field.items()
    }
    return said | ({"": _coded(whole, whole.messages)} if whole else {})


def _coded(error: DjangoValidationError, messages: list[str]) -> list[exceptions.ErrorDetail]:
    codes = [each.code or "invalid" for each in error.error_list]
    return [exceptions.ErrorDetail(message, code=code) for message, code in zip(messages, codes, strict=True)]


def _field_errors(detail: Any, field: str = "") -> list[dict[str, str]]:
    if isinstance(detail, Mapping):
        return [
            item for name, inner in detail.items() for item in _field_errors(inner, _join(field, str(name)))
        ]
    if isinstance(detail, list):
        return [item for inner in detail for item in _field_errors(inner, field)]
    return [
        {"field": field, "message": _named(field, detail), "code": getattr(detail, "code", "") or "invalid"}
    ]


def _named(field: str, detail: Any) -> str:
    """A sentence about a field with its name; one about the request as a whole unchanged."""
    if not field:
        return str(detail)
    label = field.rsplit(".", 1)[-1].replace("_", " ")
    return sentence(str(detail), code=getattr(detail, "code", ""), label=label, value=None)


def _join(outer: str, inner: str) -> str:
    if inner in ("", "non_field_errors"):
        return outer
    return f"{outer}.{inner}" if outer else inner

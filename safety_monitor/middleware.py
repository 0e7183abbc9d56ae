"""The id of each request, which is written to the audit trail and to the log."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.services import current_request_id


class RequestIdMiddleware:
    """Gives each request an id; the id is random, so that it carries no information."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_request_id.set(uuid.uuid4().hex)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = current_request_id.get()
        finally:
            current_request_id.reset(token)
        return response

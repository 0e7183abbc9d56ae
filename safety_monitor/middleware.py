"""What every request carries: a name of its own, which ends up in the audit trail and in the log."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.services import current_request_id


class RequestIdMiddleware:
    """Names the request; the name is random, so that it tells nothing."""

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

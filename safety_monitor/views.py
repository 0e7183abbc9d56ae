"""The few pages that belong to no app and no record: the appearance in this browser."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from worklist.pages.navigation import APPEARANCE_COOKIE, APPEARANCES

ONE_YEAR_SECONDS = 365 * 24 * 60 * 60


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Store in this browser whether pages are light, dark, or as the system."""
    wished = request.POST.get("appearance", "")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(back if safe else "/")
    if wished in dict(APPEARANCES):
        response.set_cookie(
            APPEARANCE_COOKIE, wished, max_age=ONE_YEAR_SECONDS, samesite="Lax", httponly=True
        )
    return response

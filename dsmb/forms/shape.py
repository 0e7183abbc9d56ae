"""Common parts of the portal's forms: lengths, sizes, and the posted data."""

from django.http import HttpRequest, QueryDict

LONGEST = 8000
WIDE = {"class": "long"}
ROWS = {"rows": 4}


def answers_of(request: HttpRequest) -> QueryDict | None:
    """The posted data, also when empty (a confirmation has no fields); None before posting."""
    return request.POST if request.method == "POST" else None

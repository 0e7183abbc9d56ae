"""What the forms of the portal share: lengths, sizes, and what was sent."""

from django.http import HttpRequest, QueryDict

LONGEST = 8000
WIDE = {"class": "long"}
ROWS = {"rows": 4}


def answers_of(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it is empty (a confirmation asks nothing); None when nothing was sent yet."""
    return request.POST if request.method == "POST" else None

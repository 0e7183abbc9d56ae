"""`GET /api/v1/changes/`: every change that the account may see, in commit order, for systems that keep a copy."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import SealedModel, User
from accounts.queries import grants_of
from audit.models import FollowedModel
from audit.queries.changes import ChangeEntry, changes_after, is_position
from safety_monitor.api_router import router
from trials.models import Trial
from webkit.api.listing import refuse_unknown_parameters
from webkit.api.sealed import SealedViewSet

LIMIT, LARGEST_LIMIT = 100, 1000
# Digits: what a bigint surely fits, and more than the largest limit has.
LONGEST_POSITION, LONGEST_LIMIT = 18, 5
"""Changes in one response, and the largest number of a request."""
ENTRIES_LOOKED_AT = 2000
"""Entries of the trail that are read at a time while changes within the asker's reach are looked for."""
LONGEST_LOOK = 10
"""Most reads of the trail for one answer.

The rest is found from its `next`, also when the answer has no change.
"""


class RecordChange(serializers.Serializer[Any]):
    """One change of one record."""

    kind = serializers.CharField(help_text="The resource, as in its address.")
    id = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    change = serializers.ChoiceField(choices=["created", "corrected", "voided", "downgraded"])
    position = serializers.CharField(help_text="A cursor behind this change.")


class RecordChanges(serializers.Serializer[Any]):
    """Changes in commit order, and the cursor for the next request, now or later."""

    results = RecordChange(many=True)
    next = serializers.CharField(allow_null=True)


class ChangesView(APIView):
    """Every change that the account may see, in commit order: records created, corrected, voided, downgraded.

    Start without `after`; continue with `next` of the response, at once while there are `results`, later when they end.
    Nothing is missed, including concurrent writes: a change appears when all transactions that began before its own
    have ended. A change names the record; its content is read from the resource, where a voided record stays readable.
    """

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        parameters=[
            OpenApiParameter("after", str, description="The cursor `next` of an earlier answer."),
            OpenApiParameter("limit", int, description=f"Changes in one answer, from 1 to {LARGEST_LIMIT}."),
            OpenApiParameter("trial", str, description="The code of one trial."),
        ],
        responses=RecordChanges,
    )
    def get(self, request: Request) -> Response:
        refuse_unknown_parameters(request, {"after", "limit", "trial", "format"})
        after, limit = _position(request), _limit(request)
        found, last = _found(request, after, limit)
        return Response({"results": found, "next": str(last) if last is not None else None})


def _found(request: Request, after: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """The changes in scope after a position, and the position of the last entry that was checked."""
    trials = _trials(request)
    found: list[dict[str, Any]] = []
    for _time in range(LONGEST_LOOK):
        entries = changes_after(position=after, tables=_kinds(), trial_ids=trials, limit=ENTRIES_LOOKED_AT)
        seen = _visible(request, entries)
        for entry in entries:
            if entry.row_id in seen[entry.table]:
                found.append(_change(entry))
            after = entry.id
            if len(found) == limit:
                return found, after
        if len(entries) < ENTRIES_LOOKED_AT:
            break
    return found, after


def _visible(request: Request, entries: Sequence[ChangeEntry]) -> dict[str, set[int]]:
    """The rows of the entries in the account's scope, by table. One query for each resource."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        wanted[entry.table].add(entry.row_id)
    return defaultdict(set) | {table: _within_reach(request, table, ids) for table, ids in wanted.items()}


def _within_reach(request: Request, table: str, ids: Iterable[int]) -> set[int]:
    """These rows as the resource's own list returns them to the account, without filters."""
    view = _kinds()[table][1](request=request, action="list", format_kwarg=None, kwargs={})
    return set(view.get_queryset().filter(pk__in=ids).order_by().values_list("pk", flat=True))


@cache
def _kinds() -> dict[str, tuple[str, Any]]:
    """The resources of open, followed tables: by table the resource's name and its view."""
    registered: list[tuple[str, Any, str]] = router.registry
    open_resources = (
        (prefix, view)
        for prefix, view, _basename in registered
        if not issubclass(view, SealedViewSet)
        and issubclass(view.queryset.model, FollowedModel)
        and not issubclass(view.queryset.model, SealedModel)
    )
    return {view.queryset.model._meta.db_table: (prefix, view) for prefix, view in open_resources}


def _change(entry: ChangeEntry) -> dict[str, Any]:
    return {
        "kind": _kinds()[entry.table][0],
        "id": entry.row_id,
        "version": entry.new.get("version"),
        "change": _verb(entry),
        "position": str(entry.id),
    }


def _verb(entry: ChangeEntry) -> str:
    if entry.old is None:
        return "created"
    if entry.new.get("voided_at") and not entry.old.get("voided_at"):
        return "voided"
    if entry.old.get("serious") and not entry.new.get("serious"):
        return "downgraded"
    return "corrected"


def _trials(request: Request) -> set[int] | None:
    """The trials of the account's roles (None: all), or the requested one, if it is among them."""
    assert isinstance(request.user, User)
    codes = {grant.trial_code for grant in grants_of(request.user)}
    wished = request.query_params.get("trial")
    if wished is None and "" in codes:
        return None
    if wished is not None:
        codes = {wished} if wished in codes or "" in codes else set()
    return set(Trial.objects.filter(code__in=codes).values_list("pk", flat=True))


def _position(request: Request) -> int | None:
    given = request.query_params.get("after")
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= LONGEST_POSITION) or not is_position(
        int(given)
    ):
        sentence = _("After: “%(value)s” is no cursor of this feed; start again without it.")
        raise ValidationError({"after": sentence % {"value": given[:40]}})
    return int(given)


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(LIMIT))
    if not (
        given.isascii()
        and given.isdecimal()
        and len(given) <= LONGEST_LIMIT
        and 1 <= int(given) <= LARGEST_LIMIT
    ):
        sentence = _("Limit: “%(value)s” is not a whole number from 1 to %(most)d.")
        raise ValidationError({"limit": sentence % {"value": given[:40], "most": LARGEST_LIMIT}})
    return int(given)

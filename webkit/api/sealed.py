"""Sealed rows over HTTP: of one trial at a time, each request under a logged clearance."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import ClearanceGround
from accounts.queries import trial_codes_for
from accounts.services import cleared
from webkit.api.lists import ListedViewSet
from webkit.api.permissions import required_action


class SealedViewSet(ListedViewSet):
    """Sealed rows of one trial: that of `?trial=`, or the only one in scope. Each request is logged."""

    ordering_columns: ClassVar[Mapping[str, str]] = {"id": "id", "changed_at": "changed_at"}
    ground: ClassVar[ClearanceGround] = ClearanceGround.ROLE
    model: ClassVar[Any]
    site_lookup: ClassVar[str | None] = None

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return QuerySet(self.model).none()
        return self.rows().filter(self.scope()).order_by("-id")

    def rows(self) -> QuerySet[Any]:
        """The rows of the table, inside the seal."""
        rows: QuerySet[Any] = self.model.objects.select_related("trial", "participant")
        return rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with self.opened():
            return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with self.opened():
            return super().retrieve(request, *args, **kwargs)

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """The sealed rows of the requested trial, until the block ends."""
        trial = self.trial()
        purpose = f"{self.request.method} {self.basename}"
        with cleared(ground=self.ground, by=self.user, trial_id=trial.pk, purpose=purpose, at=timezone.now()):
            yield trial

    def trial(self) -> Any:
        """The requested trial, within the account's scope.

        One outside it gives the same response as one that does not exist.
        """
        wanted = required_action(self)
        reach = trial_codes_for(self.user, wanted) if wanted else frozenset()
        asked = self.request.query_params.get("trial")
        codes = reach & {asked} if asked else reach
        if len(codes) > 1:
            raise ValidationError({"trial": _("Trial: you have several; name one.")})
        trials = self.model._meta.get_field("trial").related_model.objects
        found = trials.filter(code__in=codes).first()
        if found is None:
            raise NotFound
        return found

"""Bases of resources: limited to what the account may see; created once, however often the request is sent."""

import hashlib
import json
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.choices import Action
from accounts.models import IdempotentRequest, User
from accounts.queries import grants_of, may_grant
from accounts.rules import Grant
from webkit.api.permissions import required_action


class TableViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Any]):
    """A resource under the permission table, limited to the account's trials and sites: other rows are not found.

    `action_table` maps `read` and each further view action to an `Action`; `trial_lookup` and `site_lookup` are the
    lookups of a row's trial and site code (`site_lookup = None`: the resource is not bound to sites).
    """

    action_table: ClassVar[Mapping[str, Action]] = {}
    trial_lookup: ClassVar[str] = "trial__code"
    site_lookup: ClassVar[str | None] = "participant__site__code"

    def get_queryset(self) -> models.QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset().none()
        return super().get_queryset().filter(self.scope()).order_by("-id")

    def scope(self) -> Q:
        """The rows that the account's grants cover for this action."""
        action = required_action(self)
        user = self.request.user
        if action is None or not isinstance(user, User):
            return Q(pk__in=[])
        reach = [self._reach(grant) for grant in grants_of(user) if may_grant(grant, action)]
        return combine(reach)

    def _reach(self, grant: Grant) -> Q:
        reach = Q(**{self.trial_lookup: grant.trial_code}) if grant.trial_code else Q()
        if grant.site_code and self.site_lookup:
            reach &= Q(**{self.site_lookup: grant.site_code})
        return reach


KEY_LENGTH = 100
"""Characters of an `Idempotency-Key`: room for any UUID or hash."""


def combine(reaches: list[Q]) -> Q:
    """The rows in any of the scopes; without a scope, no row."""
    if not reaches:
        return Q(pk__in=[])
    if any(not reach for reach in reaches):
        return Q()
    whole = reaches[0]
    for reach in reaches[1:]:
        whole |= reach
    return whole


class IdempotentCreateMixin:
    """`POST` to the collection: validates the input, makes one service call, and applies `Idempotency-Key`.

    A subclass gives `perform_service(data) -> row`. The key and the row are written in one transaction, so that a
    second request with the same key waits for the first and then gets the same row.
    """

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        key = request.headers.get("Idempotency-Key", "")
        serializer = self.get_serializer(data=request.data)  # type: ignore[attr-defined]
        serializer.is_valid(raise_exception=True)
        if not key:
            return self._created(self.perform_service(serializer.validated_data))
        check_key(key)
        return self._create_once(request, key, serializer.validated_data)

    @abstractmethod
    def perform_service(self, data: dict[str, Any]) -> models.Model:
        """Make the one service call that creates the row."""

    def _create_once(self, request: Request, key: str, data: dict[str, Any]) -> Response:
        digest = hashlib.sha256(json.dumps(request.data, sort_keys=True, default=str).encode()).hexdigest()
        with transaction.atomic():
            claim = self._claim(request, key, digest)
            if claim.resource_id is not None:
                return self._replay(claim, digest, request.path)
            row = self.perform_service(data)
            claim.resource_id = row.pk
            claim.save(update_fields=["resource_id"])
        return self._created(row)

    def _claim(self, request: Request, key: str, digest: str) -> IdempotentRequest:
        actor_id = int(request.user.pk or 0)
        claim = IdempotentRequest(
            actor_id=actor_id,
            key=key,
            path=request.path,
            body_sha256=digest,
            created_at=timezone.now(),
        )
        try:
            with transaction.atomic():
                claim.save()
        except IntegrityError:
            return IdempotentRequest.objects.get(actor_id=actor_id, key=key)
        return claim

    def _replay(self, claim: IdempotentRequest, digest: str, path: str) -> Response:
        if claim.body_sha256 != digest or claim.path != path:
            raise IdempotencyConflict
        row = self.get_queryset().filter(pk=claim.resource_id).first()  # type: ignore[attr-defined]
        if row is None:  # sent by another role of the same person
            raise exceptions.NotFound
        response = self._created(row)
        response["Idempotent-Replay"] = "true"
        return response

    def _created(self, row: models.Model) -> Response:
        serializer = self.get_serializer(row)  # type: ignore[attr-defined]
        return Response(serializer.data, status=status.HTTP_201_CREATED)


def check_key(key: str) -> None:
    """Raise ValidationError for a key that cannot be stored as it was sent."""
    if len(key) > KEY_LENGTH or not (key.isascii() and key.isprintable()):
        rule = _("Idempotency-Key: at most %(limit)d printable ASCII characters.") % {"limit": KEY_LENGTH}
        raise exceptions.ValidationError({"Idempotency-Key": rule})


class IdempotencyConflict(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"

    @property
    def default_detail(self) -> str:  # type: ignore[override]
        return _("Idempotency-Key: this key was used for another request; send a new key.")

"""`/fhir/AdverseEvent`: adverse events as FHIR R5 resources, one and as a searchset. Blinded: no arm is read."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from accounts.choices import Action
from accounts.models import User
from accounts.queries import grants_of, may_grant
from events.models import AdverseEvent
from pharmacovigilance.queries.fhir_events import fhir_events
from pharmacovigilance.rendering.fhir import fhir_adverse_event, fhir_bundle
from webkit.api.listing import refuse_unknown_parameters
from webkit.api.permissions import PermissionTablePermission
from webkit.api.resources import combine

PAGE, LARGEST_PAGE = 50, 200
"""Resources of one page, and the largest page (own choice)."""
NUMBER_DIGITS = 18
"""Digits of a number in a query: every such number fits in eight bytes."""


class FhirRenderer(JSONRenderer):
    media_type = "application/fhir+json"
    format = "json"


class FhirView(APIView):
    """Events of the trials and sites in scope; void ones are `entered-in-error`. Drafts are no events."""

    permission_classes = (PermissionTablePermission,)
    renderer_classes = (FhirRenderer, JSONRenderer)
    action_table: ClassVar = {"read": Action.VIEW_EVENTS}
    http_method_names = ["get", "head", "options"]

    def rows(self) -> QuerySet[AdverseEvent]:
        user = self.request.user
        assert isinstance(user, User)
        reach = [
            Q(**({"trial__code": grant.trial_code} if grant.trial_code else {}))
            & (Q(participant__site__code=grant.site_code) if grant.site_code else Q())
            for grant in grants_of(user)
            if may_grant(grant, Action.VIEW_EVENTS)
        ]
        return AdverseEvent.objects.filter(combine(reach), status="recorded").with_relations()


@extend_schema(exclude=True)
class FhirAdverseEvent(FhirView):
    """One event."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        row = self.rows().filter(pk=pk).first()
        if row is None:
            raise NotFound
        return Response(fhir_adverse_event(fhir_events([row])[0]))


@extend_schema(exclude=True)
class FhirAdverseEvents(FhirView):
    """A page of events by id, oldest first; `next` is the next page. `study` and `subject` are codes."""

    def get(self, request: Request) -> Response:
        refuse_unknown_parameters(request, {"_count", "_after", "study", "subject", "_format", "format"})
        count, after = _number(request, "_count", PAGE, LARGEST_PAGE), _number(request, "_after", 0, 10**18)
        rows = self.rows().filter(pk__gt=after)
        for name, column in (("study", "trial__code"), ("subject", "participant__code")):
            if wanted := request.query_params.get(name):
                rows = rows.filter(**{column: wanted})
        found = list(rows.order_by("pk")[: count + 1])
        base = reverse("fhir_adverse_events", request=request)
        links = {"self": request.build_absolute_uri()}
        if len(found) > count:
            kept = {name: value for name, value in request.query_params.items() if name != "_after"}
            links["next"] = f"{base}?{urlencode({**kept, '_count': count, '_after': found[count - 1].pk})}"
        resources = [fhir_adverse_event(one) for one in fhir_events(found[:count])]
        return Response(fhir_bundle(resources, base=base, links=links, at=timezone.now()))


def _number(request: Request, name: str, default: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    least = 1 if name == "_count" else 0
    if not (
        given.isascii() and given.isdecimal() and len(given) <= NUMBER_DIGITS and least <= int(given) <= most
    ):
        sentence = _("%(name)s: “%(value)s” is not a whole number from %(least)d to %(most)d.")
        values: dict[str, Any] = {"name": name, "value": given[:40], "least": least, "most": most}
        raise ValidationError({name: sentence % values})
    return int(given)

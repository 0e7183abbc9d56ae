"""`hla-names`: what HLA names are, or what was meant in their place. Nothing of a trial is in it."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from immunology.queries import serology_named
from immunology.rules.name_answers import answer_name
from webkit.api.listing import refuse_unknown_parameters

MOST_NAMES = 1000


class HlaNameOutput(serializers.Serializer[Any]):
    """What is said of one name."""

    input = serializers.CharField()
    kind = serializers.ChoiceField(choices=["allele", "antigen", "heterodimer", "refused"])
    normalised = serializers.CharField(allow_null=True)
    locus = serializers.CharField(allow_null=True)
    antigens = serializers.ListField(child=serializers.CharField(), help_text="Narrowest first.")
    suggestion = serializers.CharField(allow_null=True)
    public = serializers.CharField(allow_null=True, help_text="Bw4 or Bw6.")
    splits = serializers.ListField(child=serializers.CharField())
    expression = serializers.CharField(allow_null=True)
    group = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    release = serializers.CharField(help_text="The table that the antigens are from.")


class HlaNameViewSet(ViewSet):
    """HLA names as laboratories write them."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        parameters=[
            OpenApiParameter("name", str, many=True, description="A name; may be given several times."),
            OpenApiParameter(
                "release", str, description="An imported release; without it the one imported last."
            ),
        ],
        responses=HlaNameOutput(many=True),
    )
    def list(self, request: Request) -> Response:
        """Say what each name is."""
        refuse_unknown_parameters(request, {"name", "release", "format"})
        names = request.query_params.getlist("name")
        release = request.query_params.get("release")
        serology = serology_named(name=release)
        if serology is None:
            raise serializers.ValidationError(
                {"release": [_("Release: no release of this name was imported.")]}
            )
        if len(names) > MOST_NAMES:
            raise serializers.ValidationError({"name": [_("Name: at most 1000 at a time.")]})
        return Response([asdict(answer_name(name, serology)) for name in names])

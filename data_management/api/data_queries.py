"""Data queries over HTTP."""

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from data_management import services
from data_management.choices import QueryOrigin, QueryState
from data_management.models import DataQuery, QueryMessage
from data_management.queries.data_queries import queried_values
from data_management.queries.subjects import site_of_record, subject_models, subject_of
from data_management.rules.query_states import days_open
from trials.api.verbs import VerbViewSet
from webkit.api.instants import InstantFilter, UpdatedSinceFilter
from webkit.api.shapes import StrictSerializer


class QueryMessageSerializer(serializers.ModelSerializer[QueryMessage]):
    """One thing said or done. `record_version` is that of the record at the time."""

    who = serializers.CharField(source="said_by.username", read_only=True)
    at = serializers.DateTimeField(source="said_at", read_only=True)
    record_version = serializers.IntegerField(source="subject_version", read_only=True)

    class Meta:
        model = QueryMessage
        fields = ["act", "text", "who", "at", "record_version"]
        read_only_fields = fields


class DataQuerySerializer(serializers.ModelSerializer[DataQuery]):
    """A query. `record` is the kind of record, `field` empty for the record as a whole; values as the record has them."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    site = serializers.CharField(source="site.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True, default=None)
    record = serializers.CharField(source="subject", read_only=True)
    record_id = serializers.IntegerField(source="subject_id", read_only=True)
    record_version = serializers.IntegerField(source="subject_version", read_only=True)
    field = serializers.CharField(source="field_name", read_only=True)
    raised_by = serializers.CharField(source="raised_by.username", read_only=True)
    value_now = serializers.SerializerMethodField()
    record_version_now = serializers.SerializerMethodField()
    days_open = serializers.SerializerMethodField()
    messages = QueryMessageSerializer(many=True, read_only=True)

    class Meta:
        model = DataQuery
        fields = [
            "id", "trial", "site", "participant", "record", "record_id", "record_version", "field", "text", "state",
            "state_since", "origin", "raised_by", "raised_at", "rule_code", "rule_version", "value_at_raising",
            "value_now", "record_version_now", "days_open", "closed_at", "messages", "recorded_at", "changed_at",
            "version",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_value_now(self, row: DataQuery) -> Any:
        return self._values()[row.pk].now if row.pk in self._values() else queried_values([row])[row.pk].now

    def get_record_version_now(self, row: DataQuery) -> int:
        known = self._values()
        return known[row.pk].now_version if row.pk in known else queried_values([row])[row.pk].now_version

    def get_days_open(self, row: DataQuery) -> int:
        return days_open(raised_at=row.raised_at, closed_at=row.closed_at, at=timezone.now())

    def _values(self) -> Any:
        return self.context.get("values", {})


class RaiseQuerySerializer(StrictSerializer):
    """What raises a query. `record` is the kind of record, for example `events.adverseevent`."""

    record = serializers.ChoiceField(choices=[])
    record_id = serializers.IntegerField(min_value=1, max_value=2**62)
    field = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=1000)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["record"] = serializers.ChoiceField(choices=sorted(subject_models()))
        return fields

    def to_representation(self, instance: DataQuery) -> dict[str, Any]:
        return dict(DataQuerySerializer(instance).data)


class QueryTextSerializer(StrictSerializer):
    """What is said with the step."""

    text = serializers.CharField(max_length=1000)


class OptionalQueryTextSerializer(StrictSerializer):
    """What is said with the step; it may be nothing."""

    text = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class DataQueryFilter(django_filters.FilterSet):
    """`trial`, `site` and `participant` are codes; `standing` are those that are open or answered."""

    trial = django_filters.CharFilter(field_name="trial__code")
    site = django_filters.CharFilter(field_name="site__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    record = django_filters.CharFilter(field_name="subject")
    record_id = django_filters.NumberFilter(field_name="subject_id")
    field = django_filters.CharFilter(field_name="field_name")
    state = django_filters.ChoiceFilter(choices=QueryState.choices)
    standing = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")
    origin = django_filters.ChoiceFilter(choices=QueryOrigin.choices)
    rule_code = django_filters.CharFilter()
    raised_from = InstantFilter(field_name="raised_at", lookup_expr="gte")
    raised_to = InstantFilter(field_name="raised_at", lookup_expr="lte")
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = DataQuery
        fields = [
            "trial", "site", "participant", "record", "record_id", "field", "state", "standing", "origin", "rule_code",
            "raised_from", "raised_to", "updated_since",
        ]  # fmt: skip


NAMES = {"subject_id": "record_id", "field_name": "field"}
"""What the API calls columns of a query."""


def _by_names_of_the_api(refusal: ValidationError) -> ValidationError:
    if not hasattr(refusal, "error_dict"):
        return refusal
    return ValidationError({NAMES.get(name, name): errors for name, errors in refusal.error_dict.items()})


class DataQueryViewSet(VerbViewSet):
    """Data queries: raised on a field of an open record, answered by the site, closed by the person who asked."""

    queryset = DataQuery.objects.select_related("trial", "site", "participant", "raised_by").prefetch_related(
        "messages__said_by"
    )
    filterset_class = DataQueryFilter
    http_method_names = ["get", "post", "head", "options"]
    site_lookup = "site__code"
    ordering_columns: ClassVar = {
        "id": "id",
        "raised_at": "raised_at",
        "state_since": "state_since",
        "changed_at": "changed_at",
    }
    action_table: ClassVar = {
        "read": Action.VIEW_QUERIES,
        "create": Action.RAISE_QUERY,
        "answer": Action.ANSWER_QUERY,
        "ask_again": Action.RAISE_QUERY,
        "close": Action.RAISE_QUERY,
        "cancel": Action.RAISE_QUERY,
    }
    subject = "query"
    shown = DataQuerySerializer
    shapes: ClassVar = {
        "create": RaiseQuerySerializer,
        "answer": QueryTextSerializer,
        "ask_again": QueryTextSerializer,
        "close": OptionalQueryTextSerializer,
        "cancel": QueryTextSerializer,
    }

    def paginate_queryset(self, queryset: Any) -> Any:
        """The values of a page of queries are read together."""
        page = super().paginate_queryset(queryset)
        self._values = queried_values(page or ())
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "values": getattr(self, "_values", {})}

    @extend_schema(
        request=RaiseQuerySerializer, responses={201: DataQuerySerializer}, description="Raise a query."
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> DataQuery:
        try:
            record = self._record(data["record"], data["record_id"])
            return services.raise_query(
                record=record, field_name=data["field"], text=data["text"], **self.who()
            )
        except ValidationError as refusal:
            raise _by_names_of_the_api(refusal) from refusal

    @extend_schema(request=QueryTextSerializer, responses=DataQuerySerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Answer an open query, for the site."""
        return self.do(services.answer_query)

    @extend_schema(request=QueryTextSerializer, responses=DataQuerySerializer)
    @action(detail=True, methods=["post"], url_path="ask-again")
    def ask_again(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Ask the site once more; a closed query opens again."""
        return self.do(services.ask_again)

    @extend_schema(request=OptionalQueryTextSerializer, responses=DataQuerySerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Close a query that is answered, or that the data answer."""
        return self.do(services.close_query)

    @extend_schema(request=QueryTextSerializer, responses=DataQuerySerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Cancel a query that should not have been raised."""
        return self.do(services.cancel_query)

    def _record(self, subject: str, subject_id: int) -> Any:
        """The record, within the asker's reach; one outside it is as unknown as none."""
        record = subject_of(subject=subject, subject_id=subject_id)
        trial = record.trial.code
        sites = site_codes_for(self.user, Action.RAISE_QUERY, trial_code=trial)
        reach = trial in trial_codes_for(self.user, Action.RAISE_QUERY)
        if not reach or (sites is not None and site_of_record(record).code not in sites):
            message = _("Record: there is none of that kind and number, or it takes no query.")
            raise serializers.ValidationError({"record_id": [message]})
        return record

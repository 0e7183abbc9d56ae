"""Freezing and locking of participants' data over HTTP."""

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Action
from accounts.models import RecordSignature
from accounts.services import own_password_refusal, signatures_of
from trials import services
from trials.api.verbs import VerbViewSet
from trials.choices import LockKind
from trials.models import DataLock
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.shapes import REASON_LENGTH, ReasonSerializer, StrictSerializer


class LockSignatureSerializer(serializers.Serializer[Any]):
    """A signature of a lock: what was signed is the SHA-256 of every closed record with its version."""

    printed_name = serializers.CharField()
    signed_at = serializers.DateTimeField()
    zone = serializers.CharField()
    meaning = serializers.CharField()
    version = serializers.IntegerField(source="subject_version")
    content_sha256 = serializers.CharField()


class DataLockSerializer(serializers.ModelSerializer[DataLock]):
    """A closing of a participant's data. `trial`, `participant` and `site` are codes; it stands until `lifted_at`."""

    trial = serializers.CharField(source="trial.code", read_only=True)
    participant = serializers.CharField(source="participant.code", read_only=True)
    site = serializers.CharField(source="participant.site.code", read_only=True)
    signatures = serializers.SerializerMethodField()

    class Meta:
        model = DataLock
        fields = [
            "id", "trial", "participant", "site", "kind", "why", "closed_at", "lifted_at", "lifted_because",
            "signatures", "recorded_at", "changed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(LockSignatureSerializer(many=True))
    def get_signatures(self, row: DataLock) -> Any:
        """The signatures of every version; those of a page of locks are read together."""
        known = self.context.get("signatures")
        found = signatures_of(row) if known is None else known.get(row.pk, [])
        return LockSignatureSerializer(found, many=True).data


class CloseDataSerializer(StrictSerializer):
    """What closes a participant's data. A lock is a signature: `password` is that of the account; freezing needs none."""

    trial = serializers.SlugField(max_length=40, help_text="The trial's code.")
    participant = serializers.CharField(max_length=40, help_text="The participant's code.")
    kind = serializers.ChoiceField(LockKind.choices)
    password = serializers.CharField(
        required=False, allow_blank=True, default="", write_only=True, trim_whitespace=False
    )
    reason = serializers.CharField(max_length=REASON_LENGTH, help_text="Why; kept with the lock.")

    def to_representation(self, instance: DataLock) -> dict[str, Any]:
        return dict(DataLockSerializer(instance).data)


class DataLockFilter(django_filters.FilterSet):
    """`trial`, `participant` and `site` are codes; without `standing` lifted ones are listed too."""

    trial = django_filters.CharFilter(field_name="trial__code")
    participant = django_filters.CharFilter(field_name="participant__code")
    site = django_filters.CharFilter(field_name="participant__site__code")
    kind = django_filters.ChoiceFilter(choices=LockKind.choices)
    standing = django_filters.BooleanFilter(field_name="lifted_at", lookup_expr="isnull")
    updated_since = UpdatedSinceFilter()

    class Meta:
        model = DataLock
        fields = ["trial", "participant", "site", "kind", "standing", "updated_since"]


class DataLockViewSet(VerbViewSet):
    """Locks of data. While one stands, every write about the participant is refused; `lift` opens the data."""

    queryset = DataLock.objects.select_related("trial", "participant__trial", "participant__site")
    filterset_class = DataLockFilter
    http_method_names = ["get", "post", "head", "options"]
    ordering_columns: ClassVar = {"id": "id", "closed_at": "closed_at", "changed_at": "changed_at"}
    action_table: ClassVar = {
        "read": Action.VIEW_PARTICIPANTS,
        "create": Action.LOCK_DATA,
        "lift": Action.LOCK_DATA,
    }
    subject = "lock"
    shown = DataLockSerializer
    shapes: ClassVar = {"create": CloseDataSerializer, "lift": ReasonSerializer}

    def paginate_queryset(self, queryset: Any) -> Any:
        """The signatures of a page of locks, in one query."""
        page = super().paginate_queryset(queryset)
        ids = [row.pk for row in page or ()]
        rows = RecordSignature.objects.filter(subject=DataLock._meta.label_lower, subject_id__in=ids)
        self._signatures: dict[int, list[RecordSignature]] = {pk: [] for pk in ids}
        for row in rows.order_by("-signed_at", "-pk"):
            self._signatures[row.subject_id].append(row)
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        """What the serializer needs beside the row."""
        return {**super().get_serializer_context(), "signatures": getattr(self, "_signatures", None)}

    @extend_schema(
        request=CloseDataSerializer,
        responses={201: DataLockSerializer},
        description="Freeze or lock a participant's data.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_service(self, data: dict[str, Any]) -> DataLock:
        participant = self.participant_of(data["trial"], data["participant"], Action.LOCK_DATA)
        said = {"participant": participant, "reason": data["reason"], **self.who()}
        if data["kind"] == LockKind.FROZEN:
            return services.freeze_data(**said)
        if refusal := own_password_refusal(self.request._request, data["password"]):
            raise serializers.ValidationError({"password": [refusal]})
        return services.lock_data(**said)

    @extend_schema(request=ReasonSerializer, responses=DataLockSerializer)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002
        """Unfreeze or unlock: the data can be changed again."""
        return self.do(services.lift_lock)

"""What was found about antibodies: inside an open clearance only; without one the models refuse to answer."""

from django.db.models import QuerySet

from immunology.models import AntibodyResult


def own_results(*, user_id: int) -> QuerySet[AntibodyResult]:
    """The results that one account has recorded (void ones included): all that the laboratory may see."""
    rows: QuerySet[AntibodyResult] = AntibodyResult.objects.filter(recorded_by_id=user_id)
    return rows

"""Antibody results: inside an open clearance only; without one the models raise an error."""

from django.db.models import QuerySet

from immunology.models import AntibodyResult, LaboratoryFile, SerumInRun
from immunology.queries.laboratories import of_own_laboratory


def own_results(*, user_id: int) -> QuerySet[AntibodyResult]:
    """The results that one account has recorded (void ones included): all that the laboratory may see."""
    rows: QuerySet[AntibodyResult] = AntibodyResult.objects.filter(recorded_by_id=user_id)
    return rows


def own_laboratory_files(*, user_id: int) -> QuerySet[LaboratoryFile]:
    """The files of the laboratories that an account belongs to, without their bytes."""
    rows: QuerySet[LaboratoryFile] = LaboratoryFile.objects.filter(of_own_laboratory(user_id=user_id))
    return rows.select_related("trial").defer("content", "lot_content")


def own_sera(*, user_id: int) -> QuerySet[SerumInRun]:
    """The sera of the laboratories that an account belongs to, without their beads."""
    rows: QuerySet[SerumInRun] = SerumInRun.objects.filter(of_own_laboratory(user_id=user_id))
    return rows.select_related("trial", "run").defer("beads")

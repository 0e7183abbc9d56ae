"""Antibody results: inside an open clearance only; without one the models raise an error."""

from django.db.models import QuerySet

from immunology.models import AntibodyResult, LaboratoryFile, SerumInRun


def own_results(*, user_id: int) -> QuerySet[AntibodyResult]:
    """The results that one account has recorded (void ones included): all that the laboratory may see."""
    rows: QuerySet[AntibodyResult] = AntibodyResult.objects.filter(recorded_by_id=user_id)
    return rows


def own_laboratory_files(*, user_id: int) -> QuerySet[LaboratoryFile]:
    """The files that one account has uploaded, without their bytes."""
    rows: QuerySet[LaboratoryFile] = LaboratoryFile.objects.filter(uploaded_by_id=user_id)
    return rows.select_related("trial").defer("content", "lot_content")


def own_sera(*, user_id: int) -> QuerySet[SerumInRun]:
    """The sera in the files that one account has uploaded, without their beads."""
    rows: QuerySet[SerumInRun] = SerumInRun.objects.filter(run__file__uploaded_by_id=user_id)
    return rows.select_related("trial", "run").defer("beads")

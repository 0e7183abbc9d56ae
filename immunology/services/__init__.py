"""Writes of the immunology app: specimens for all alike; results, typing and findings inside the seal."""

from immunology.services.antibodies import (
    record_antibody_panels,
    record_antibody_results,
    void_antibody_result,
)
from immunology.services.changes import (
    adopt_change,
    drift_digest,
    drift_of,
    propose_release,
    propose_rules,
    propose_typing,
    sign_rules_in_use,
)
from immunology.services.donors import record_donor_typing, record_donor_typings
from immunology.services.judging import (
    judge_again_as_system,
    judge_every_trial,
    judge_infused_participant,
    judge_participants,
)
from immunology.services.laboratories import bind_account, release_account
from immunology.services.laboratory import (
    LaboratoryImport,
    Upload,
    excuse_serum,
    import_laboratory_file,
    match_quarantined_sera,
    rehearse_laboratory_file,
    request_serum_excuse,
)
from immunology.services.own_typing import record_participant_typings, void_participant_typing
from immunology.services.readings import read_call
from immunology.services.releases import store_nomenclature
from immunology.services.specimens import collect_specimen, receive_specimen, void_specimen

__all__ = [
    "LaboratoryImport",
    "Upload",
    "adopt_change",
    "bind_account",
    "collect_specimen",
    "drift_digest",
    "drift_of",
    "excuse_serum",
    "import_laboratory_file",
    "judge_again_as_system",
    "judge_every_trial",
    "judge_infused_participant",
    "judge_participants",
    "match_quarantined_sera",
    "propose_release",
    "propose_rules",
    "propose_typing",
    "read_call",
    "receive_specimen",
    "record_antibody_panels",
    "record_antibody_results",
    "record_donor_typing",
    "record_donor_typings",
    "record_participant_typings",
    "rehearse_laboratory_file",
    "release_account",
    "request_serum_excuse",
    "sign_rules_in_use",
    "store_nomenclature",
    "void_antibody_result",
    "void_participant_typing",
    "void_specimen",
]

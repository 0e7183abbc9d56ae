"""The entries of the navigation, in their order."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from webkit.admin.desk import Wording, navigation_entries


@dataclass(frozen=True)
class Destination:
    """An entry of the navigation: its name, the page, and the action that opens it."""

    label: Wording
    hint: Wording
    url_name: str
    action: Action | None = None


DESTINATIONS: tuple[Destination, ...] = (
    Destination(_("Worklist"), _("What is due"), "admin:index"),
    Destination(
        _("Participants"),
        _("Timeline, infusions, events and samples"),
        "admin:trials_participant_changelist",
        Action.VIEW_PARTICIPANTS,
    ),
    Destination(
        _("Infusions"),
        _("Start, end and the hours after"),
        "admin:trials_infusion_changelist",
        Action.VIEW_PARTICIPANTS,
    ),
    Destination(
        _("Adverse events"),
        _("What happened, how bad, what was done"),
        "admin:events_adverseevent_changelist",
        Action.VIEW_EVENTS,
    ),
    Destination(
        _("Safety cases"),
        _("From a serious event to its report"),
        "admin:pharmacovigilance_safetycase_changelist",
        Action.VIEW_CASES,
    ),
    Destination(
        _("Reports due"),
        _("To whom, by when, and what was sent"),
        "admin:pharmacovigilance_obligation_changelist",
        Action.VIEW_CASES,
    ),
    Destination(
        _("Expected reactions"),
        _("Reference safety information, by version"),
        "admin:pharmacovigilance_rsiversion_changelist",
        Action.VIEW_CASES,
    ),
    Destination(
        _("Coding"),
        _("Terms of MedDRA: what is coded, what is not"),
        "admin:pharmacovigilance_termcoding_changelist",
        Action.VIEW_CASES,
    ),
    Destination(
        _("Web hooks"),
        _("Addresses that are told what changed"),
        "admin:pharmacovigilance_webhook_changelist",
        Action.MANAGE_RSI,
    ),
    Destination(
        _("Reporting rules"),
        _("What the law asks, as rows with a source"),
        "admin:pharmacovigilance_obligationrule_changelist",
        Action.MANAGE_CASES,
    ),
    Destination(
        _("Declarations"),
        _("Urgent measures, unexpected facts, data locks"),
        "admin:pharmacovigilance_declaration_changelist",
        Action.MANAGE_CASES,
    ),
    Destination(
        _("Unblinded desk"),
        _("Cases whose arm was opened for their report"),
        "admin:pharmacovigilance_deskrecord_changelist",
        Action.REPORT_UNBLINDED,
    ),
    Destination(
        _("Notices"),
        _("Who was told of serious events, and who has read it"),
        "admin:events_seriousnotice_changelist",
        Action.VIEW_SAFETY_NOTICES,
    ),
    Destination(
        _("Words that found nothing"),
        _("What was typed for an event and found no term: map it, or remove it"),
        "admin:events_unfoundword_changelist",
        Action.MANAGE_TRIAL,
    ),
    Destination(
        _("Days in intensive care"),
        _("Oxygenation, support and organs, day by day"),
        "admin:assessments_dailyassessment_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Blood products"),
        _("And other events that sensitise"),
        "admin:assessments_sensitisingevent_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Laboratory results"),
        _("Values with the laboratory’s limits"),
        "admin:assessments_laboratoryresult_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Medication"),
        _("Drug, dose, route, from and to"),
        "admin:assessments_medication_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Deviations"),
        _("From the protocol: what happened, what was done"),
        "admin:assessments_protocoldeviation_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Findings"),
        _("Criteria met after an infusion"),
        "admin:haemodynamics_haemodynamicfinding_changelist",
        Action.VIEW_READINGS,
    ),
    Destination(
        _("Samples"), _("Taken, received"), "admin:immunology_specimen_changelist", Action.VIEW_SPECIMENS
    ),
    Destination(
        _("Unblindings"),
        _("Whose blind was broken, never the arm"),
        "admin:product_unblinding_changelist",
        Action.VIEW_UNBLINDINGS,
    ),
    Destination(
        _("Antibody results"),
        _("Measured per specificity"),
        "admin:immunology_antibodyresult_changelist",
        Action.VIEW_OWN_ANTIBODIES,
    ),
    Destination(
        _("Laboratory files"),
        _("Sera in runs, their quality, upload"),
        "admin:immunology_seruminrun_changelist",
        Action.VIEW_OWN_ANTIBODIES,
    ),
    Destination(
        _("Controls over time"),
        _("Levey–Jennings charts by lot and instrument"),
        "admin:immunology_seruminrun_charts",
        Action.VIEW_OWN_ANTIBODIES,
    ),
    Destination(
        _("Plates to run"),
        _("Which stored serum beside which"),
        "admin:immunology_specimen_plates",
        Action.RECEIVE_SPECIMEN,
    ),
    Destination(
        _("Accounts of laboratories"),
        _("Which account belongs to which laboratory"),
        "admin:immunology_laboratoryaccount_changelist",
        Action.MANAGE_LABORATORIES,
    ),
    Destination(
        _("Participants' typing"),
        _("HLA of the participants"),
        "admin:immunology_participanttyping_changelist",
        Action.VIEW_OWN_ANTIBODIES,
    ),
    Destination(
        _("Allocations"),
        _("Arm and reference batch"),
        "admin:product_allocation_changelist",
        Action.VIEW_ALLOCATION,
    ),
    Destination(
        _("Batches"),
        _("Donor, cells, viability, specification"),
        "admin:product_productbatch_changelist",
        Action.VIEW_PRODUCT,
    ),
    Destination(
        _("Doses"), _("What was in each bag"), "admin:product_dispenseddose_changelist", Action.VIEW_PRODUCT
    ),
    Destination(
        _("Product deviations"),
        _("What concerned a batch, a dose or the cells"),
        "admin:product_productdeviation_changelist",
        Action.VIEW_PRODUCT,
    ),
    Destination(
        _("Donor typing"),
        _("HLA of the donors"),
        "admin:immunology_donortyping_changelist",
        Action.MANAGE_PRODUCT,
    ),
    Destination(
        _("Antibody findings"),
        _("Pre-formed and new, per donor"),
        "admin:immunology_dsafinding_changelist",
        Action.VIEW_ANTIBODIES,
    ),
    Destination(
        _("Calls and their readings"),
        _("Two readers, an adjudicator, pictures"),
        "admin:immunology_dsafinding_calls",
        Action.VIEW_ANTIBODIES,
    ),
    Destination(
        _("Participants and antigens"),
        _("A map per donor"),
        "admin:immunology_dsafinding_map",
        Action.VIEW_ANTIBODIES,
    ),
    Destination(
        _("What antibodies are judged by"),
        _("Rule sets, releases, typings; what a change would change"),
        "admin:immunology_judgingchange_changelist",
        Action.MANAGE_ANTIBODY_RULES,
    ),
    Destination(
        _("Board reports"), _("Open and closed reports of each look"), "board:index", Action.VIEW_OPEN_REPORT
    ),
    Destination(
        _("Key of the arms"),
        _("Which letter is which arm; each opening is listed"),
        "admin:product_armkeyopening_changelist",
        Action.OPEN_ARM_KEY,
    ),
    Destination(
        _("Locks"),
        _("Whose data are frozen or locked"),
        "admin:trials_datalock_changelist",
        Action.LOCK_DATA,
    ),
    Destination(
        _("Imports"), _("Data sets read in"), "admin:interchange_importrun_changelist", Action.IMPORT_DATA
    ),
    Destination(
        _("Audit trail"),
        _("Every change, with who, when and why"),
        "admin:audit_entry_changelist",
        Action.VIEW_AUDIT,
    ),
    Destination(
        _("Accounts"), _("People who can sign in"), "admin:accounts_user_changelist", Action.MANAGE_USERS
    ),
    Destination(
        _("Roles"),
        _("Who may do what, in which trial, at which site"),
        "admin:accounts_membership_changelist",
        Action.MANAGE_USERS,
    ),
    Destination(
        _("Wrong passwords"),
        _("Who is attacked, from where"),
        "admin:accounts_wrongpassword_changelist",
        Action.MANAGE_USERS,
    ),
    Destination(
        _("Trial"), _("Protocol versions and sites"), "admin:trials_trial_changelist", Action.MANAGE_TRIAL
    ),
)

BEFORE = "admin:interchange_importrun_changelist"
"""The entries of apps that the worklist does not know stand before this one."""


def all_destinations() -> list[Destination]:
    """Ours and those that other apps registered."""
    place = next(at for at, one in enumerate(DESTINATIONS) if one.url_name == BEFORE)
    added = [Destination(one.label, one.hint, one.url_name, one.action) for one in navigation_entries()]
    return [*DESTINATIONS[:place], *added, *DESTINATIONS[place:]]

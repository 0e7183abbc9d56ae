"""Words of the accounts app: roles, actions, and the grounds on which sealed rows may be opened."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A person's function in a trial. A person may have several; each is bound to a trial, some to a site."""

    NURSE = "nurse", _("Research nurse")
    INVESTIGATOR = "investigator", _("Investigator")
    DATA_MANAGER = "data_manager", _("Data manager")
    CELL_THERAPY_UNIT = "cell_therapy_unit", _("Cell-therapy unit")
    HLA_LABORATORY = "hla_laboratory", _("HLA laboratory")
    PHARMACOVIGILANCE = "pharmacovigilance", _("Pharmacovigilance")
    UNBLINDED_REPORTER = "unblinded_reporter", _("Unblinded reporter")
    UNBLINDED_REVIEWER = "unblinded_reviewer", _("Unblinded reviewer of antibodies")
    UNBLINDED_STATISTICIAN = "unblinded_statistician", _("Unblinded statistician")
    BOARD_MEMBER = "board_member", _("Board member")
    BOARD_CHAIR = "board_chair", _("Board chair")
    SPONSOR = "sponsor", _("Sponsor")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


class Action(TextChoices):
    """Every action of the permission table."""

    VIEW_TRIAL = "view_trial", _("See the trial, its protocol and sites")
    MANAGE_TRIAL = "manage_trial", _("Load protocols, open sites")
    VIEW_PARTICIPANTS = "view_participants", _("See participants and infusions")
    SCREEN_PARTICIPANT = "screen_participant", _("Screen participants")
    ENROL_PARTICIPANT = "enrol_participant", _("Enrol participants")
    RECORD_PARTICIPANT_STATUS = "record_participant_status", _("Record withdrawal, completion and death")
    RECORD_INFUSION = "record_infusion", _("Record infusions")
    VIEW_EVENTS = "view_events", _("See adverse events")
    RECORD_EVENT = "record_event", _("Record and correct adverse events")
    SIGN_EVENT = "sign_event", _("Sign adverse events")
    VIEW_SAFETY_NOTICES = "view_safety_notices", _("See who was told of serious events, without the event")
    RECEIVE_SAFETY_NOTICES = "receive_safety_notices", _("Acknowledge that one was told of a serious event")
    VIEW_CASES = "view_cases", _("See safety cases and what is owed of them")
    MANAGE_CASES = "manage_cases", _("Work on safety cases, release them, follow what is owed")
    ASSESS_CAUSE_FOR_SITE = "assess_cause_for_site", _("Assess the cause of an event as investigator")
    ASSESS_CASE_FOR_SPONSOR = "assess_case_for_sponsor", _("Assess a safety case for the sponsor")
    SIGN_CASE = "sign_case", _("Sign safety cases")
    MANAGE_RSI = "manage_rsi", _("Load and sign reference safety information, switch rules")
    REPORT_UNBLINDED = "report_unblinded", _("Open the arm of a case for its report, and report it")
    VIEW_READINGS = "view_readings", _("See haemodynamic readings and findings")
    RECORD_READING = "record_reading", _("Record haemodynamic readings")
    ASSESS_FINDING = "assess_finding", _("Confirm or refute haemodynamic findings")
    VIEW_ASSESSMENTS = "view_assessments", _("See daily assessments and protocol deviations")
    RECORD_ASSESSMENT = "record_assessment", _("Record daily assessments")
    RECORD_DEVIATION = "record_deviation", _("Record protocol deviations")
    VIEW_SPECIMENS = "view_specimens", _("See specimen logistics")
    COLLECT_SPECIMEN = "collect_specimen", _("Record that a specimen was taken")
    RECEIVE_SPECIMEN = "receive_specimen", _("Record that a specimen was received")
    RECORD_ANTIBODIES = "record_antibodies", _("Record antibody results")
    VIEW_OWN_ANTIBODIES = "view_own_antibodies", _("See the antibody results one has recorded")
    VIEW_ANTIBODIES = "view_antibodies", _("See all antibody results and findings")
    READ_ANTIBODY_CALLS = "read_antibody_calls", _("Read antibody calls and sign them")
    MANAGE_ANTIBODY_RULES = "manage_antibody_rules", _("Propose and adopt what antibodies are judged by")
    MANAGE_LABORATORIES = "manage_laboratories", _("Say which account belongs to which laboratory")
    VIEW_ALLOCATION = "view_allocation", _("See allocation")
    ALLOCATE = "allocate", _("Enter allocations")
    MANAGE_PRODUCT = "manage_product", _("Receive batches, dispense doses, type donors")
    VIEW_PRODUCT = "view_product", _("See batches and dispensed doses")
    VIEW_OPEN_REPORT = "view_open_report", _("Read open reports")
    VIEW_CLOSED_REPORT = "view_closed_report", _("Read closed reports")
    MAKE_REPORT = "make_report", _("Make ad hoc reports")
    CORRECT_REPORT = "correct_report", _("Make a new version of a report")
    RETRY_REPORT = "retry_report", _("Have a report made again that could not be made")
    VIEW_ALERTS = "view_alerts", _("See alerts of safety boundaries")
    TAKE_PART_IN_MEETING = "take_part_in_meeting", _("Take part in the board's meetings")
    CHAIR_MEETING = "chair_meeting", _("Chair and sign the board's meetings")
    ANSWER_RECOMMENDATION = "answer_recommendation", _("Answer the board's recommendations")
    OPEN_ARM_KEY = "open_arm_key", _("Open the key of the coded arms")
    VIEW_UNBLINDINGS = "view_unblindings", _("See that somebody was unblinded, without the arm")
    REQUEST_UNBLINDING = "request_unblinding", _("Ask for an emergency unblinding")
    CONFIRM_UNBLINDING = "confirm_unblinding", _("Confirm an emergency unblinding as the second person")
    RECORD_UNBLINDING = "record_unblinding", _("Record an inadvertent unblinding")
    IMPORT_DATA = "import_data", _("Import data sets")
    VIEW_QUERIES = "view_queries", _("See data queries")
    RAISE_QUERY = "raise_query", _("Raise, close and cancel data queries")
    ANSWER_QUERY = "answer_query", _("Answer data queries")
    VIEW_MISSING = "view_missing", _("See what is missing, per site")
    COMPARE_SITES = "compare_sites", _("Compare how many events the sites report")
    VERIFY_SOURCE = "verify_source", _("Mark records as verified against the source")
    LOCK_DATA = "lock_data", _("Freeze, lock and unlock a participant's data")
    VIEW_AUDIT = "view_audit", _("See the audit trail")
    MANAGE_USERS = "manage_users", _("Manage accounts")


class ClearanceGround(TextChoices):
    """Why sealed rows were opened."""

    ROLE = "role", _("By role")
    REPORT = "report", _("Making a report")
    IMPORT = "import", _("Importing a data set")
    RANDOMISATION = "randomisation", _("Entering an allocation")
    LABORATORY = "laboratory", _("Entering laboratory results")
    UNBLINDING = "unblinding", _("Emergency unblinding")
    EXPEDITED_REPORT = "expedited_report", _("Expedited report")
    AUDIT = "audit", _("Exporting or verifying the audit trail")


class PasswordUse(TextChoices):
    """The purpose for which a password was typed."""

    SIGN_IN = "sign_in", _("Signing in")
    AGAIN = "again", _("A signature")
    EMERGENCY = "emergency", _("An emergency unblinding")
    SECOND = "second", _("The second person of an emergency unblinding")


class SignatureMeaning(TextChoices):
    """The meaning of a signature (21 CFR 11.50: review, approval, responsibility, authorship)."""

    REVIEW = "review", _("I have reviewed this")
    APPROVAL = "approval", _("I approve this")
    RESPONSIBILITY = "responsibility", _("I have reviewed this and take responsibility for it")
    AUTHORSHIP = "authorship", _("I am its author")
    ASSESSMENT = "assessment", _("This is my assessment")

"""Words of the product app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnblindingReason(TextChoices):
    """Why a participant's arm has to be known now (immunology.md section 9, ICH E2A III.D)."""

    TREATMENT = "treatment", _("Treatment now depends on what was given")
    TRANSFUSION_OR_HLA = (
        "transfusion_or_hla",
        _("Transfusion, platelets or transplantation: antibodies matter"),
    )
    OTHER = "other", _("Another emergency")


class SecondPerson(TextChoices):
    """How an emergency unblinding was confirmed."""

    BESIDE = "beside", _("Second person beside the asker")
    OWN_SESSION = "own_session", _("Second person in their own session")
    NOBODY = "nobody", _("No second person could be reached")


class UnblindingState(TextChoices):
    """The state of an emergency unblinding. It is computed from the times of the record, never stored."""

    WAITING = "waiting", _("Waits for the second person")
    LAPSED = "lapsed", _("Lapsed without a second person")
    CONFIRMED = "confirmed", _("Confirmed, arm not seen yet")
    DISCLOSED = "disclosed", _("Blind broken")


class Learner(TextChoices):
    """A person who learnt an arm, by function in the trial; the first ones are the roles of accounts."""

    NURSE = "nurse", _("Research nurse")
    INVESTIGATOR = "investigator", _("Investigator")
    DATA_MANAGER = "data_manager", _("Data manager")
    HLA_LABORATORY = "hla_laboratory", _("HLA laboratory")
    PHARMACOVIGILANCE = "pharmacovigilance", _("Pharmacovigilance")
    SPONSOR = "sponsor", _("Sponsor")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")
    TREATING_STAFF = "treating_staff", _("Treating staff outside the trial")
    PARTICIPANT_OR_FAMILY = "participant_or_family", _("Participant or family")
    OTHER = "other", _("Somebody else")


class LeakChannel(TextChoices):
    """How an arm became known. Sealed: a laboratory result or an observed effect would hint at the arm."""

    PRODUCT = "product", _("Bag, label or look of the product")
    DOCUMENT = "document", _("Letter, e-mail or file")
    CONVERSATION = "conversation", _("Conversation or telephone")
    LABORATORY = "laboratory", _("Laboratory result")
    SOFTWARE = "software", _("Shown by a computer system")
    CLINICAL_EFFECT = "clinical_effect", _("Guessed from an effect")
    OTHER = "other", _("In another way")


class BlindImpact(TextChoices):
    """The impact of an inadvertent unblinding on the trial's results (ICH E6(R3) 4.1.4)."""

    NOT_ASSESSED = "not_assessed", _("Not assessed yet")
    NONE = "none", _("None: who learnt it assesses nothing in the trial")
    LIMITED = "limited", _("Limited: some assessments of one participant may be influenced")
    SERIOUS = "serious", _("Serious: an outcome, or more than one participant, may be influenced")


class UnblindingNews(TextChoices):
    """The kind of a notice. Never the arm, and nothing that depends on it."""

    SECOND_PERSON_NEEDED = "second_person_needed", _("A second person is asked for")
    UNBLINDED = "unblinded", _("A participant was unblinded in an emergency")
    INADVERTENT = "inadvertent", _("An inadvertent unblinding was recorded")


class ProductDeviationCategory(TextChoices):
    """Deviations that concern the product: sealed, because only one arm has a product to deviate from."""

    WRONG_PRODUCT = "wrong_product", _("Another product than allocated")
    DOSE = "dose", _("Another dose than planned")
    OUT_OF_SPECIFICATION = "out_of_specification", _("Batch out of specification")
    EXPIRED = "expired", _("Product expired")
    STORAGE = "storage", _("Storage, thawing or transport of the product")
    OTHER = "other", _("Other, about the product")

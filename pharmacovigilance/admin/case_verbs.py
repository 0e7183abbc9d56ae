"""The verbs of a case, each on a page of its own: one question, one service call."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.services import own_password_refusal
from pharmacovigilance.admin import case_forms as forms
from pharmacovigilance.choices import CaseAct
from pharmacovigilance.models import SafetyCase
from pharmacovigilance.rules.case_states import next_case_state
from pharmacovigilance.services import assessing, desk, linking, receiving, releasing, signing
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb


def _password(request: HttpRequest, form: Any) -> None:
    if refusal := own_password_refusal(request, form.cleaned_data["password"]):
        raise ValidationError({"password": refusal})


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": person_of(request), "at": timezone.now()}


def _why(request: HttpRequest, form: Any) -> dict[str, Any]:
    return attribution(request, reason=form.cleaned_data["reason"])


def assess_for_site(request: HttpRequest, case: SafetyCase, form: forms.CauseForm) -> str:
    _password(request, form)
    said = {"event": form.cleaned_data["event"], "answers": form.answers()}
    if not said["answers"]:
        raise ValidationError(_("Assessment: nothing is answered; answer one cause."))
    assessing.assess_causes_for_site(case=case, **said, **_who(request))
    return _("Signed: your assessment is kept. The safety officers see it at once.")


def assess_for_sponsor(request: HttpRequest, case: SafetyCase, form: forms.SponsorForm) -> str:
    _password(request, form)
    assessing.assess_for_sponsor(
        case=case,
        event=form.cleaned_data["event"],
        answers=form.answers(),
        serious=form.seriousness(),
        criteria=form.cleaned_data["criteria"],
        **_who(request),
    )
    return _("Signed: the sponsor's assessment is kept.")


def sign_version(request: HttpRequest, case: SafetyCase, form: forms.SigningForm) -> str:
    _password(request, form)
    version = signing.sign_case(case=case, seen_version=form.cleaned_data["seen_version"], **_who(request))
    return _("Signed: version %(number)d. It can be released now.") % {"number": version.number}


def release_version(request: HttpRequest, case: SafetyCase, form: forms.ReleaseForm) -> str:
    said = {name: form.cleaned_data[name] for name in ("obligations", "reference", "late_reason")}
    steps = releasing.release_case(case=case, **said, **_who(request))
    return _("Released to %(count)d destinations.") % {"count": len(steps)}


def receive_information(request: HttpRequest, case: SafetyCase, form: forms.ReceiptForm) -> str:
    receiving.record_receipt(case=case, **form.cleaned_data, **_who(request))
    return _("Kept: the information has its own moment, and its own clock where one follows.")


def amend(request: HttpRequest, case: SafetyCase, form: forms.CaseReasonForm) -> str:
    signing.amend_case(case=case, **_why(request, form))
    return _("The next version is an amendment: assess, sign and release it.")


def situations(request: HttpRequest, case: SafetyCase, form: forms.SituationsForm) -> str:
    signing.set_situations(case=case, situations=form.cleaned_data["situations"], **_why(request, form))
    return _("Kept: a special situation is reported like a reaction.")


def split(request: HttpRequest, case: SafetyCase, form: forms.SplitForm) -> str:
    new = linking.split_event(case=case, event=form.cleaned_data["event"], **_why(request, form))
    return _("The event stands in case %(number)s now.") % {"number": new.worldwide_number}


def merge(request: HttpRequest, case: SafetyCase, form: forms.OtherCaseForm) -> str:
    target = linking.merge_cases(case=case, into=form.cleaned_data["other"], **_why(request, form))
    return _("Merged into case %(number)s.") % {"number": target.worldwide_number}


def duplicate(request: HttpRequest, case: SafetyCase, form: forms.OtherCaseForm) -> str:
    linking.link_duplicate(case=case, of=form.cleaned_data["other"], **_why(request, form))
    return _("Linked: both cases stay.")


def nullify(request: HttpRequest, case: SafetyCase, form: forms.NullifyForm) -> str:
    _password(request, form)
    signing.nullify_case(case=case, **_why(request, form))
    return _("The case is nullified. What was reported has a nullification to be released.")


def open_arm(request: HttpRequest, case: SafetyCase, form: forms.CaseReasonForm) -> str:
    desk.open_arm(case=case, **_why(request, form))
    return _("Opened and logged: see the case at the unblinded desk.")


def _can(act: CaseAct) -> Callable[[SafetyCase], bool]:
    return lambda case: next_case_state(case.state, act) is not None


def _may_release(case: SafetyCase) -> bool:
    return next_case_state(case.state, CaseAct.RELEASE) is not None or case.state == "nullified"


VERBS = (
    Verb("assess_site", _lazy("Assess the cause"), _lazy("Sign the assessment"), Action.ASSESS_CAUSE_FOR_SITE,
         forms.CauseForm, assess_for_site, _can(CaseAct.RECEIVE),
         _lazy("Each suspect cause for itself. Nobody changes an answer of somebody else.")),
    Verb("assess", _lazy("Assess"), _lazy("Sign the assessment"), Action.ASSESS_CASE_FOR_SPONSOR,
         forms.SponsorForm, assess_for_sponsor, _can(CaseAct.ASSESS),
         _lazy("Whether it is expected and a SUSAR is derived; nobody types it.")),
    Verb("sign", _lazy("Sign"), _lazy("Sign this version"), Action.SIGN_CASE, forms.SigningForm, sign_version,
         _can(CaseAct.SIGN), _lazy("Your signature freezes what the case says now as its next version.")),
    Verb("release", _lazy("Release"), _lazy("Release"), Action.SIGN_CASE, forms.ReleaseForm, release_version,
         _may_release, _lazy("Each destination for itself. What needs the arm goes to the unblinded desk.")),
    Verb("receive", _lazy("Record information"), _lazy("Keep"), Action.MANAGE_CASES, forms.ReceiptForm, receive_information,
         _can(CaseAct.RECEIVE), _lazy("What came by call, letter or message. Clinical facts go into the record.")),
    Verb("situations", _lazy("Special situation"), _lazy("Keep"), Action.MANAGE_CASES, forms.SituationsForm,
         situations, _can(CaseAct.SITUATION)),
    Verb("amend", _lazy("Amend"), _lazy("Begin the amendment"), Action.MANAGE_CASES, forms.CaseReasonForm, amend,
         _can(CaseAct.AMEND), _lazy("Nothing new arrived; what was said before is put right.")),
    Verb("split", _lazy("Split"), _lazy("Move the event to a case of its own"), Action.MANAGE_CASES,
         forms.SplitForm, split, _can(CaseAct.SPLIT)),
    Verb("merge", _lazy("Merge"), _lazy("Merge this case into the other"), Action.MANAGE_CASES,
         forms.OtherCaseForm, merge, _can(CaseAct.MERGE)),
    Verb("duplicate", _lazy("Link a duplicate"), _lazy("Link"), Action.MANAGE_CASES, forms.OtherCaseForm,
         duplicate, _can(CaseAct.LINK_DUPLICATE)),
    Verb("nullify", _lazy("Nullify"), _lazy("Sign the nullification"), Action.SIGN_CASE, forms.NullifyForm,
         nullify, _can(CaseAct.NULLIFY), _lazy("The case should never have been one. It stays readable.")),
    Verb("open_arm", _lazy("Open the arm"), _lazy("Open the arm for this case"), Action.REPORT_UNBLINDED,
         forms.CaseReasonForm, open_arm, lambda case: not hasattr(case, "opening"),
         _lazy("Logged for good. The blinded side of the case looks the same afterwards, whatever the arm.")),
)  # fmt: skip

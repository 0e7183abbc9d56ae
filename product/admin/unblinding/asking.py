"""The page that requests an emergency unblinding, and the page that displays the arm to the requester."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from accounts.choices import Action
from product.admin.unblinding.forms import AskForm, EmergencyPasswordForm
from product.choices import SecondPerson
from product.models import Unblinding
from product.services.unblinding import (
    ShownArm,
    ask_unblinding,
    disclose_arm,
    is_repeat,
    unblind_alone,
    unblind_together,
)
from trials.models import Infusion, Participant, ProtocolVersion
from webkit.admin.base import problems_of
from webkit.admin.display import clock
from webkit.admin.requests import person_of

if TYPE_CHECKING:
    from webkit.admin.base import RoleScopedAdmin


def ask_view(page: "RoleScopedAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Request an unblinding.

    With a second person present, or with none reachable, the response displays the arm.
    """
    person: Participant | None = page.get_object(request, str(pk))
    if person is None:
        raise Http404
    if not page.may(request, Action.REQUEST_UNBLINDING, person):
        raise PermissionDenied(
            _("Your account may not do this here: %(action)s.") % {"action": Action.REQUEST_UNBLINDING.label}
        )
    mine = Unblinding.objects.filter(participant=person, asked_by=person_of(request)).order_by("-pk")
    if known := mine.confirmed().first():
        return HttpResponseRedirect(arm_url(known))
    waiting = mine.waiting(at=timezone.now()).first()
    form = AskForm(request, person, waiting, request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = _asked(page, request, person, form)
        if answer is not None:
            return answer
    return TemplateResponse(
        request, "admin/product/unblinding/ask.html", _ask_context(page, request, person, form, waiting)
    )


def arm_view(page: "RoleScopedAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Display the arm to the requester again (or, after a later confirmation, for the first time), with the password."""
    unblinding: Unblinding | None = page.get_object(request, str(pk))
    if unblinding is None:
        raise Http404
    if unblinding.asked_by_id != person_of(request).pk:
        raise PermissionDenied(_("Only the person who asked may see the arm."))
    if unblinding.confirmed_at is None:
        messages.info(request, _("Not confirmed yet: there is nothing to see."))
        return HttpResponseRedirect(page.url_of(unblinding))
    form = EmergencyPasswordForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return shown(page, request, unblinding)
    context = {
        **page.admin_site.each_context(request),
        "title": _("See the arm"),
        "subtitle": unblinding.participant.code,
        "opts": page.opts,
        "form": form,
        "problems": problems_of(form),
        "is_repeat": unblinding.disclosed_at is None
        and is_repeat(participant=unblinding.participant, asker_id=unblinding.asked_by_id, at=timezone.now()),
        "record_url": page.url_of(unblinding),
    }
    return TemplateResponse(request, "admin/product/unblinding/arm_again.html", context)


def arm_url(unblinding: Unblinding) -> str:
    return reverse("admin:product_unblinding_arm", args=[unblinding.pk])


def shown(page: "RoleScopedAdmin", request: HttpRequest, unblinding: Unblinding) -> HttpResponse:
    """The only page of the site that displays an arm. `admin_view` forbids every cache to store it."""
    arm = disclose_arm(unblinding=unblinding, by=person_of(request), at=timezone.now())
    person = unblinding.participant
    context = {
        **page.admin_site.each_context(request),
        "title": _("Emergency unblinding"),
        "subtitle": person.code,
        "opts": page.opts,
        "arm": arm,
        "filler": filler(arm, unblinding.trial_id),
        "infusions": Infusion.objects.given().filter(participant=person).order_by("number"),
        "record_url": reverse("admin:product_unblinding_change", args=[unblinding.pk]),
        "person_url": reverse("admin:trials_participant_change", args=[person.pk]),
    }
    return TemplateResponse(request, "admin/product/unblinding/arm.html", context)


def filler(arm: ShownArm, trial_id: int) -> str:
    """Padding that makes the page equally long for every arm, because a server's log has the length of each response."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None)
    room = 2 * max(_length(label) for arm_ in protocol.arms for label in (arm_.label, arm_.code))
    return " " * (room - sum(_length(label) for label in (arm.allocated, arm.received) if label))


def _length(label: str) -> int:
    return len(escape(label).encode())


def _asked(
    page: "RoleScopedAdmin", request: HttpRequest, person: Participant, form: AskForm
) -> HttpResponse | None:
    """Call the service; its refusal goes onto the form."""
    said: dict[str, Any] = {
        "participant": person,
        "category": form.cleaned_data["category"],
        "reason": form.cleaned_data["reason_text"],
        "by": person_of(request),
        "at": timezone.now(),
    }
    try:
        if form.cleaned_data["how"] == SecondPerson.OWN_SESSION:
            return _wait(request, ask_unblinding(**said))
        if form.second is not None:
            unblinding = unblind_together(**said, second=form.second)
        else:
            unblinding = unblind_alone(**said, absence_reason=form.cleaned_data["absence_reason"])
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None
    return shown(page, request, unblinding)


def _wait(request: HttpRequest, unblinding: Unblinding) -> HttpResponse:
    text = _(
        "Asked: everybody who may confirm was told, and has it on their first page. It can be confirmed until %(time)s."
    )
    messages.success(request, text % {"time": clock(unblinding.expires_at)})
    return HttpResponseRedirect(reverse("admin:product_unblinding_change", args=[unblinding.pk]))


def _ask_context(
    page: "RoleScopedAdmin",
    request: HttpRequest,
    person: Participant,
    form: AskForm,
    waiting: Unblinding | None,
) -> dict[str, Any]:
    record_url = page.url_of(person)
    return {
        **page.admin_site.each_context(request),
        "title": _("Emergency unblinding"),
        "subtitle": f"{person.code} · {person.site.name}",
        "opts": page.opts,
        "form": form,
        "problems": problems_of(form),
        "person": person,
        "is_randomised": person.enrolment_number is not None,
        "waiting": waiting,
        "is_repeat": is_repeat(participant=person, asker_id=person_of(request).pk, at=timezone.now()),
        "record_url": record_url,
        "back_url": record_url,
    }


def ask_link(page: "RoleScopedAdmin", request: HttpRequest, person: Participant) -> str:
    """The address for requesting an emergency unblinding of this participant.

    Empty for a person without the right, or before randomisation.
    """
    if person.enrolment_number is None or not page.may(request, Action.REQUEST_UNBLINDING, person):
        return ""
    url = reverse("admin:trials_participant_unblind", args=[person.pk])
    return f"{url}?back={quote(request.path)}"

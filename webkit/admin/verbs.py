"""One-question pages: what can happen to a record besides a correction (an infusion ends, a sample arrives)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.choices import Action

if TYPE_CHECKING:
    from webkit.admin.base import RoleScopedAdmin


@dataclass(frozen=True)
class Verb:
    """A page `<record>/<name>/`: its question, its form, who may, and the one service call.

    `perform(request, record, form)` returns the message. `applies(record)` says whether the verb is possible now.
    """

    name: str
    title: str | Promise
    button: str | Promise
    action: Action
    form: type[ModelForm[Any]]
    perform: Callable[[HttpRequest, Any, Any], str]
    applies: Callable[[Any], bool]
    hint: str | Promise = ""


def verb_view(page: "RoleScopedAdmin", verb: Verb, request: HttpRequest, pk: int) -> HttpResponse:
    """Display the form, put a refusal beside its field, or perform the verb and redirect."""
    record = page.get_object(request, str(pk))
    if record is None:
        raise Http404
    if not page.may(request, verb.action, record):
        raise PermissionDenied(
            _("Your account may not do this here: %(action)s.") % {"action": verb.action.label}
        )
    if not verb.applies(record):
        messages.info(
            request, _("Nothing to do: %(record)s is past that step.") % {"record": page.name_of(record)}
        )
        return HttpResponseRedirect(page.way_back(request))
    form = verb.form(request.POST or None, instance=record, initial=page.get_changeform_initial_data(request))
    if request.method == "POST" and form.is_valid():
        said = _performed(page, verb, request, pk, form)
        if said is not None:
            messages.success(request, said)
            return HttpResponseRedirect(page.way_back(request))
    return TemplateResponse(request, "webkit/verb.html", _context(page, verb, request, record, form))


def _performed(
    page: "RoleScopedAdmin", verb: Verb, request: HttpRequest, pk: int, form: BaseForm
) -> str | None:
    """Call the service with the record as it is in the database and the answers.

    Its refusal goes onto the form.
    """
    try:
        return verb.perform(request, page.get_object(request, str(pk)), form)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def _context(
    page: "RoleScopedAdmin", verb: Verb, request: HttpRequest, record: Any, form: BaseForm
) -> dict[str, Any]:
    from webkit.admin.base import problems_of  # noqa: PLC0415

    return {
        **page.admin_site.each_context(request),
        "title": verb.title,
        "subtitle": page.name_of(record),
        "verb": verb,
        "form": form,
        "opts": page.opts,
        "problems": problems_of(form),
        "back_url": page.way_back(request),
        "record_url": page.url_of(record),
        "media": form.media,
    }

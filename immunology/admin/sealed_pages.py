"""Pages of one's own beside the records: sections with a picture, a table, and perhaps a form. Rendered inside the seal."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.queries import user_may
from immunology.rendering.pictures import SealedPicture
from trials.models import Trial
from webkit.admin import SealedAdmin, problems_of
from webkit.admin.requests import person_of


class LinkedCell(NamedTuple):
    """A cell that leads somewhere."""

    words: str
    url: str


def plain_part(
    title: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]], note: str = ""
) -> SealedPicture:
    """A section with a table and no picture."""
    return SealedPicture(title, "", tuple(columns), list(rows), note)


class SealedPages(SealedAdmin):
    """Pages under a record's address, opened and rendered like its list."""

    def trial_of(self, request: HttpRequest) -> Trial:
        """The trial whose rows are shown."""
        trial: Trial = Trial.objects.get(pk=self.trial_id_of(request))
        return trial

    def require_action(self, request: HttpRequest, action: Action) -> Trial:
        """The trial, when the person may do this in it; refused otherwise."""
        trial = self.trial_of(request)
        if not user_may(person_of(request), action, trial_code=trial.code):
            raise PermissionDenied(
                _("Your account may not do this here: %(action)s.") % {"action": action.label}
            )
        return trial

    def show(
        self,
        request: HttpRequest,
        title: str | Promise,
        parts: Sequence[SealedPicture],
        *,
        form: BaseForm | None = None,
        button: str = "",
        hint: str = "",
    ) -> HttpResponse:
        """The page, rendered now, while the rows are open."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "parts": parts,
            "form": form,
            "button": button,
            "hint": hint,
            "problems": problems_of(form) if form is not None and request.method == "POST" else [],
            "opts": self.opts,
            "back_url": self.way_back(request),
        }
        response = TemplateResponse(request, "admin/immunology/sealed/page.html", context)
        return response.render()


def refused_on(form: BaseForm, refusal: ValidationError) -> None:
    """What a service refused, on the form."""
    form.add_error(None, ValidationError(refusal.messages))

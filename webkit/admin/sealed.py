"""Pages of sealed rows: each view opens a logged clearance for one trial, and closes it when the page is rendered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import ClearanceGround
from accounts.queries import trial_codes_for
from accounts.services import cleared
from webkit.admin.base import RoleScopedAdmin
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb


class SealedAdmin(RoleScopedAdmin):
    """As `RoleScopedAdmin`, for sealed tables. One trial at a time: that of `?trial=`, else the first."""

    clearance_ground: ClassVar[ClearanceGround] = ClearanceGround.ROLE
    site_path = None

    @contextmanager
    def opened(self, request: HttpRequest) -> Iterator[None]:
        """Open sealed rows until the block ends. Refused without a role that may read them."""
        trial_id = self.trial_id_of(request)
        purpose = f"{request.method} {self.opts.label_lower}"
        with cleared(
            ground=self.clearance_ground,
            by=person_of(request),
            trial_id=trial_id,
            purpose=purpose,
            at=timezone.now(),
        ):
            yield

    def trial_id_of(self, request: HttpRequest) -> int:
        """The trial whose rows are shown."""
        codes = sorted(trial_codes_for(person_of(request), self.view_action))
        trials = self.model._meta.get_field("trial").related_model.objects.filter(code__in=codes)
        wanted = trials.filter(code=request.GET.get("trial", "")).values_list("pk", flat=True).first()
        found = wanted or trials.order_by("code").values_list("pk", flat=True).first()
        if found is None:
            raise PermissionDenied(_("Your account may not open sealed records."))
        return int(found)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with self.opened(request):
            return _rendered(super().changelist_view(request, extra_context))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.opened(request):
            return _rendered(super().changeform_view(request, *args, **kwargs))

    def verb_page(self, verb: Verb, request: HttpRequest, pk: int) -> HttpResponse:
        with self.opened(request):
            return _rendered(super().verb_page(verb, request, pk))


def _rendered(response: HttpResponse) -> HttpResponse:
    """Render now, while the rows are open; a lazy template would read them too late."""
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.render()
    return response

"""The base of every record's pages: visible rows, permitted actions, and the messages afterwards."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseForm, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audit.models import FollowedModel
from webkit.admin.forms import RecordForm
from webkit.admin.history_page import history_url, history_url_of
from webkit.admin.list_parts import tools_of
from webkit.admin.paging import CappedPaginator
from webkit.admin.record_parts import links_on, notes_on
from webkit.admin.rights import RoleScoped
from webkit.admin.verbs import Verb, verb_view
from webkit.forms.refusals import names_its_field

Text = str | Promise


class RoleScopedAdmin(RoleScoped):
    """Rows and rights by the permission table; nothing is deleted; no exact counts.

    Django's own log stays empty because the database keeps the trail. Rows and rights come from `RoleScoped`; a
    subclass may add `verbs`, pages for what happens to a record.
    """

    verbs: ClassVar[tuple[Verb, ...]] = ()

    form: type[ModelForm[Any]] = RecordForm
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    actions = None
    view_on_site = False
    add_label: ClassVar[Text] = _lazy("Add")

    # The list ----------------------------------------------------------------

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, with what `prepare_rows` has read for the rows of its page."""
        listed = super().get_changelist_instance(request)
        rows = list(listed.result_list)
        self.prepare_rows(rows)
        listed.result_list = rows
        return listed

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        """Read for all rows of a page at once what their columns need; by default nothing."""

    # Names and addresses -----------------------------------------------------

    def name_of(self, obj: Any) -> str:
        """The name of the record on a page."""
        return str(obj)

    def url_of(self, obj: Any) -> str:
        """The page of a record."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def get_urls(self) -> list[URLPattern]:
        ours = [
            path(
                f"<int:pk>/{verb.name}/",
                self.admin_site.admin_view(partial(self.verb_page, verb)),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{verb.name}",
            )
            for verb in self.verbs
        ]
        theirs = [url for url in super().get_urls() if not (url.name or "").endswith("_delete")]
        return [*ours, *theirs]

    def verb_page(self, verb: Verb, request: HttpRequest, pk: int) -> HttpResponse:
        """The page of a verb."""
        return verb_view(self, verb, request, pk)

    # The page ---------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request,
            {
                "title": capfirst(str(self.opts.verbose_name_plural)),
                "add_label": self.add_label,
                **tools_of(self, request),
                **(extra_context or {}),
            },
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A choice without buttons that lead away from a half-filled form."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """As Django's.

        A refusal of the service appears on the form like every other refusal, and nothing is saved.
        """
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form class, with the refusal of the service when the page is displayed again."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The form's own fieldsets, and last the reason when an existing record is changed."""
        fieldsets = list(super().get_fieldsets(request, obj))
        if (
            obj is None
            or not self.has_change_permission(request, obj)
            or "reason" not in self.form.base_fields
        ):
            return _without(fieldsets, {"reason", "seen_version"})
        return [
            *_without(fieldsets, {"reason", "seen_version"}),
            (_("Why"), {"fields": ["reason", "seen_version"]}),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form: BaseForm = context["adminform"].form
        context.update(
            problems=problems_of(form),
            back_url=self.way_back(request),
            history_url=self._history_url(context.get("original")),
            subtitle=self.name_of(context["original"]) if context.get("original") else "",
            record_name=self.name_of(context["original"]) if context.get("original") else "",
            verbs=self._verbs_for(request, context.get("original")),
            record_notes=notes_on(self, request, context["original"]) if context.get("original") else [],
            show_save_and_continue=False,
        )
        context.setdefault("show_save_and_add_another", False)
        return super().render_change_form(request, context, *args, **kwargs)

    def _verbs_for(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """Links to what can happen to this record next."""
        if obj is None:
            return []
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_"
        own = [
            {
                "label": verb.title,
                "url": f"{reverse(name + verb.name, args=[obj.pk])}?back={quote(request.path)}",
            }
            for verb in self.verbs
            if verb.applies(obj) and self.may(request, verb.action, obj)
        ]
        added = [{"label": link.label, "url": link.url} for link in links_on(self, request, obj)]
        return [*own, *added]

    def _history_url(self, obj: Model | None) -> str:
        if not isinstance(obj, FollowedModel):
            return ""
        return history_url_of(obj)

    def history_view(
        self,
        request: HttpRequest,  # noqa: ARG002
        object_id: str,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """The history is read from the trail, on a page of its own."""
        if not object_id.isdecimal():
            raise Http404
        return HttpResponseRedirect(history_url(self.opts.db_table, int(object_id)))

    def opened(self, request: HttpRequest) -> AbstractContextManager[None]:  # noqa: ARG002
        """The context in which a row is read; open tables need none."""
        return nullcontext()

    def way_back(self, request: HttpRequest) -> str:
        """The page from which the person came, if it is of this site; else the first page."""
        wished = request.POST.get("back") or request.GET.get("back") or ""
        return (
            wished if url_has_allowed_host_and_scheme(wished, allowed_hosts=None) else reverse("admin:index")
        )

    def say_saved(self, request: HttpRequest, obj: Any, *, is_new: bool) -> str:  # noqa: ARG002
        """The message after saving: what happened, and what comes next."""
        if is_new:
            return _("Saved: %(record)s.") % {"record": self.name_of(obj)}
        return _("Changed: %(record)s. The version before stays readable in its history.") % {
            "record": self.name_of(obj)
        }

    def response_add(
        self,
        request: HttpRequest,
        obj: Any,
        post_url_continue: str | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        messages.success(request, self.say_saved(request, obj, is_new=True))
        if "_addanother" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(self.way_back(request))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        messages.success(request, self.say_saved(request, obj, is_new=False))
        return HttpResponseRedirect(self.way_back(request))


def problems_of(form: BaseForm) -> list[dict[str, str]]:
    """The errors of a form for the summary at the top: message, the field's label, and the anchor of the field."""
    listed = []
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        target = (bound.id_for_label or bound.auto_id) if bound else ""
        label = str(bound.label) if bound else ""
        listed += [
            {"message": str(error), "label": "" if names_its_field(str(error)) else label, "target": target}
            for error in errors
        ]
    return listed


def _without(fieldsets: list[Any], names: set[str]) -> list[Any]:
    return [
        (title, {**options, "fields": [field for field in options["fields"] if field not in names]})
        for title, options in fieldsets
    ]

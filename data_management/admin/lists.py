"""Any list as a file, and a person's own views of it: what stands above the rows, and the addresses behind it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import trial_codes_for
from accounts.services import cleared
from data_management import services
from data_management.admin.list_rows import MOST_ROWS, ListContent, filters_of, list_content
from data_management.choices import ExportFormat
from data_management.models import SavedView
from data_management.rendering.list_files import CONTENT_TYPES, list_file
from trials.models import Trial
from webkit.admin import RoleScopedAdmin, SealedAdmin
from webkit.admin.list_parts import list_tools
from webkit.admin.requests import person_of


@list_tools
def tools_above(page: RoleScopedAdmin, request: HttpRequest) -> Mapping[str, Any]:
    """Buttons that save the list as a file; the person's views, but of sealed lists, whose filters are nobody's to keep."""
    table = page.opts.db_table
    return {
        "export_links": [
            {
                "label": _("Save as %(format)s") % {"format": one.label},
                "url": _export_url(table, one, request),
            }
            for one in ExportFormat
        ],
        "saved_views": [] if isinstance(page, SealedAdmin) else _views(page, request),
        "save_view_url": ""
        if isinstance(page, SealedAdmin)
        else reverse("admin:save_view", kwargs={"table": table}),
        "shown_query_string": _without_pages(request),
    }


def _export_url(table: str, file_format: str, request: HttpRequest) -> str:
    address = reverse("admin:list_export", kwargs={"table": table, "list_format": file_format})
    return f"{address}?{_without_pages(request)}"


def _without_pages(request: HttpRequest) -> str:
    return urlencode(
        [(name, one) for name in sorted(request.GET) if name != "p" for one in request.GET.getlist(name)]
    )


def _views(page: RoleScopedAdmin, request: HttpRequest) -> list[dict[str, Any]]:
    mine = SavedView.objects.filter(owner=person_of(request), list_table=page.opts.db_table, removed_at=None)
    shown = _without_pages(request)
    return [
        {
            "name": view.name,
            "url": f"{_list_url(page)}?{view.query_string}",
            "remove_url": reverse("admin:remove_view", args=[view.pk]),
            "is_shown": view.query_string == shown,
        }
        for view in mine.order_by("name")
    ]


def _list_url(page: RoleScopedAdmin) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")


def page_of_table(table: str, request: HttpRequest) -> RoleScopedAdmin:
    """The pages of a table. One that the person may not see is as unknown as one that is not there."""
    for model, page in admin.site._registry.items():
        if model._meta.db_table == table and isinstance(page, RoleScopedAdmin):
            if page.has_view_permission(request):
                return page
            break
    raise Http404


# A list as a file ------------------------------------------------------------------


def list_export(request: HttpRequest, table: str, list_format: str) -> HttpResponse:
    """The list as the person sees it, whole. Written down: who, when, which list, which filters, how many rows."""
    page, at = page_of_table(table, request), timezone.now()
    if list_format not in ExportFormat.values:
        raise Http404
    with page.opened(request):
        content = _content(page, request)
        if content is None:
            return _too_long(request, page)
        _log(page, request, content, list_format, at)
    response = HttpResponse(
        list_file(list_format, content.columns, content.rows, at=at), content_type=CONTENT_TYPES[list_format]
    )
    response["Content-Disposition"] = f'attachment; filename="{table}.{list_format}"'
    return response


def _content(page: RoleScopedAdmin, request: HttpRequest) -> ListContent | None:
    try:
        return list_content(page.get_changelist_instance(request))
    except IncorrectLookupParameters as error:
        raise Http404 from error


def _too_long(request: HttpRequest, page: RoleScopedAdmin) -> HttpResponse:
    sentence = _("Nothing was saved: the list has more than %(most)d rows. Narrow it by its filters first.")
    messages.error(request, sentence % {"most": MOST_ROWS})
    return HttpResponseRedirect(f"{_list_url(page)}?{_without_pages(request)}")


def _log(
    page: RoleScopedAdmin, request: HttpRequest, content: ListContent, list_format: str, at: Any
) -> None:
    """Of an open list in the open log; of a sealed one in that of clearances, which blinded people do not read."""
    by, filters = person_of(request), filters_of(request.GET)
    if isinstance(page, SealedAdmin):
        said = (
            f"Exported {page.opts.label_lower} as {list_format}: {len(content.rows)} rows, filters {filters}"
        )
        trial_id = page.trial_id_of(request)
        with cleared(ground=page.clearance_ground, by=by, trial_id=trial_id, purpose=said, at=at):
            return
    services.log_export(
        list_table=page.opts.db_table,
        file_format=list_format,
        filters=filters,
        columns=content.columns,
        rows=len(content.rows),
        trial=_only_trial(page, request),
        by=by,
        at=at,
    )


def _only_trial(page: RoleScopedAdmin, request: HttpRequest) -> Trial | None:
    codes = trial_codes_for(person_of(request), page.view_action)
    return Trial.objects.filter(code__in=codes).first() if len(codes) == 1 else None


# Views ------------------------------------------------------------------------------


def save_view(request: HttpRequest, table: str) -> HttpResponse:
    """Keep what the list shows now under a name, and go back to it."""
    page = page_of_table(table, request)
    if isinstance(page, SealedAdmin):
        raise PermissionDenied(_("A sealed list has no views."))
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    query_string = request.POST.get("query_string", "")
    try:
        view = services.save_view(
            list_table=table,
            name=request.POST.get("name", ""),
            query_string=query_string,
            by=person_of(request),
            at=timezone.now(),
        )
        messages.success(
            request, _("Saved: the view “%(name)s”. It stands above the list.") % {"name": view.name}
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return HttpResponseRedirect(f"{_list_url(page)}?{query_string}")


def remove_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take a view off its list; another person's is not there."""
    view = SavedView.objects.filter(pk=view_id, owner=person_of(request)).first()
    if view is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    services.remove_view(view=view, by=person_of(request), at=timezone.now())
    messages.success(request, _("Removed: the view “%(name)s”.") % {"name": view.name})
    return HttpResponseRedirect(_list_url(page_of_table(view.list_table, request)))


def list_pages(admin_view: Any) -> list[URLPattern]:
    """The addresses, for the site's list of addresses; `admin_view` asks who is signed in."""
    return [
        path("lists/<slug:table>/export.<slug:list_format>", admin_view(list_export), name="list_export"),
        path("lists/<slug:table>/views/", admin_view(save_view), name="save_view"),
        path("lists/views/<int:view_id>/remove/", admin_view(remove_view), name="remove_view"),
    ]

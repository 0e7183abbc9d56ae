"""The site of all roles: Django's admin with our own first page, search and history, under the permission table."""

from http import HTTPStatus
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SafetyAdminSite(AdminSite):
    """Django's admin under our own permission table.

    Pages are imported on first use, because they register themselves with this site.
    """

    site_header = site_title = _("Safety monitor")
    index_title = _("First page")
    enable_nav_sidebar = False
    empty_value_display: str = _("not recorded")  # type: ignore[assignment]

    # Admin modules import this site while they load; modules that build on them are imported on use.

    @property
    def login_form(self) -> Any:  # type: ignore[override]
        """The form with name and password."""
        from safety_monitor.sign_in import SignInForm

        return SignInForm

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """As Django's, for pages under the permission table.

        Others (groups, log-in attempts) are not registered.
        """
        if hasattr(admin_class, "view_action"):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Every account may enter; each page checks its own permission."""
        return bool(request.user.is_active and request.user.is_authenticated)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:  # noqa: ARG002
        """Empty: no page of ours shows Django's list of tables, which would query every table's permissions."""
        return []

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's page; the browser of a successful sign-in becomes a known device of this person."""
        from accounts.services import remember_device
        from webkit.admin.requests import person_of

        response = super().login(request, extra_context)
        if (
            request.method == "POST"
            and response.status_code == HTTPStatus.FOUND
            and request.user.is_authenticated
        ):
            remember_device(request, response, person_of(request))
        return response

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Django's page with our form, which saves through the service."""
        from safety_monitor.sign_in import OwnPasswordForm

        page = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return page(request)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from data_management.admin.history import history_page
        from data_management.admin.lists import list_pages
        from data_management.admin.missing_pages import missing_pages
        from worklist.pages.search import search_page

        ours = [
            search_page(self.admin_view),
            history_page(self.admin_view),
            *list_pages(self.admin_view),
            *missing_pages(self.admin_view),
        ]
        theirs = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        return [*ours, *theirs]

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The first page: the worklist for roles that have one, else the person's own first page."""
        from webkit.admin.requests import person_of
        from worklist.pages import scope_of, worklist_of
        from worklist.pages.navigation import first_page_of, has_worklist

        at = timezone.now()
        place = scope_of(person_of(request), at=at) if has_worklist(person_of(request)) else None
        if place is None:
            start = first_page_of(person_of(request))
            return redirect(start) if start else super().index(request, extra_context)
        context = {
            **self.each_context(request),
            "title": _("Worklist"),
            "place": place,
            "worklist": worklist_of(person_of(request), place),
        }
        return TemplateResponse(request, "worklist/worklist.html", context)

    def app_index(  # type: ignore[override]
        self,
        request: HttpRequest,  # noqa: ARG002
        app_label: str,  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Redirect to the first page, because people do not look for pages by app."""
        return redirect("admin:index")

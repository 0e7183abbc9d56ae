"""The dictionary: read only, searchable, and the grades of one term for the event's form."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import URLPattern, path

from accounts.choices import Action
from events.models import CtcaeTerm
from events.queries.adverse_events import search_ctcae_terms
from webkit.admin import RoleScopedAdmin


@admin.register(CtcaeTerm)
class CtcaeTermAdmin(RoleScopedAdmin):
    """Terms belong to no trial: whoever may see events may read them."""

    view_action = Action.VIEW_EVENTS
    list_display = ("term", "soc", "ctcae_version", "code")
    list_filter = ("ctcae_version",)
    search_fields = ("term", "soc", "code")
    ordering = ("ctcae_version", "term")
    fields = ("term", "soc", "code", "ctcae_version", "grades", "definition")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CtcaeTerm]:  # noqa: ARG002
        return CtcaeTerm.objects.order_by("ctcae_version", "term")

    def _may(self, request: HttpRequest, action: Action | None, obj: Any = None) -> bool:  # noqa: ARG002
        return super()._may(request, action)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CtcaeTerm], search_term: str
    ) -> tuple[QuerySet[CtcaeTerm], bool]:
        """As Django's, and whatever fits in British or American spelling, without accents, by its first letters."""
        by_letters, _may_repeat = super().get_search_results(request, queryset, search_term)
        versions = CtcaeTerm.objects.order_by().values_list("ctcae_version", flat=True).distinct()
        fitting = [
            term.pk
            for version in versions
            for term in search_ctcae_terms(version=version, text=search_term, limit=self.list_per_page)
        ]
        return by_letters | queryset.filter(pk__in=fitting), False

    def get_urls(self) -> list[URLPattern]:
        grades = path(
            "<int:pk>/grades/", self.admin_site.admin_view(self.grades_view), name="events_ctcaeterm_grades"
        )
        return [grades, *super().get_urls()]

    def grades_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """The grades a term has, with their wording once it was loaded."""
        term = CtcaeTerm.objects.filter(pk=pk).first()
        if term is None or not self.has_view_permission(request):
            raise Http404
        return JsonResponse(grades_of(term))


def grades_of(term: CtcaeTerm) -> dict[str, Any]:
    """What the form needs of a term."""
    return {
        "grades": {str(grade): term.grade_wording.get(str(grade), "") for grade in term.grades},
        "is_other": term.is_other,
        "definition": term.definition,
        "soc": term.soc,
    }

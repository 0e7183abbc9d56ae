"""The dictionary: read only, searchable; the suggestions and the grades of one term for the event's form."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language

from accounts.choices import Action
from events.admin.grade_lines import limit_lines, limits_note
from events.admin.term_box import asked_scope, suggestions
from events.models import CtcaeTerm
from events.queries.term_search import language_of, search_terms
from events.queries.word_tables import own_labels
from events.services.words import count_unfound_word
from trials.models import Trial
from webkit.admin import RoleScopedAdmin


@admin.register(CtcaeTerm)
class CtcaeTermAdmin(RoleScopedAdmin):
    """Terms belong to no trial: all who may see events may read them."""

    view_action = Action.VIEW_EVENTS
    list_display = ("term", "soc", "ctcae_version", "code")
    list_filter = ("ctcae_version",)
    search_fields = ("term", "soc", "code")
    ordering = ("ctcae_version", "term")
    fields = ("term", "soc", "code", "ctcae_version", "grades", "definition")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CtcaeTerm]:  # noqa: ARG002
        return CtcaeTerm.objects.order_by("ctcae_version", "term")

    def may(self, request: HttpRequest, action: Action | None, obj: Any = None) -> bool:  # noqa: ARG002
        return super().may(request, action)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CtcaeTerm], search_term: str
    ) -> tuple[QuerySet[CtcaeTerm], bool]:
        """As Django's, and all results of the search of the event's form."""
        by_letters, _may_repeat = super().get_search_results(request, queryset, search_term)
        versions = CtcaeTerm.objects.order_by().values_list("ctcae_version", flat=True).distinct()
        fitting = [
            found.term.pk
            for version in versions
            for found in search_terms(
                version=version,
                language=language_of(get_language()),
                text=search_term,
                limit=self.list_per_page,
            )
        ]
        return by_letters | queryset.filter(pk__in=fitting), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        ours = [
            path("<int:pk>/grades/", view(self.grades_view), name="events_ctcaeterm_grades"),
            path("suggestions/", view(self.search_view), name="events_ctcaeterm_search"),
            path("unfound/", view(self.unfound_view), name="events_ctcaeterm_unfound"),
        ]
        return [*ours, *super().get_urls()]

    def search_view(self, request: HttpRequest) -> JsonResponse:
        """The terms that match the typed text (`q`), best first."""
        if not self.has_view_permission(request):
            raise Http404
        return JsonResponse({"terms": suggestions(request)})

    def unfound_view(self, request: HttpRequest) -> HttpResponse:
        """Count a text without results, when it may be stored; the response is the same either way."""
        scope = asked_scope(request)
        if not self.may(request, Action.RECORD_EVENT) or scope is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        count_unfound_word(
            trial=Trial.objects.get(code=scope.trial_code),
            language=language_of(get_language()),
            version=request.GET.get("version", "")[:5],
            typed=request.POST.get("word", ""),
            at=timezone.now(),
        )
        return HttpResponse(status=204)

    def grades_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """The grades a term has, with their wording once it was loaded."""
        term = CtcaeTerm.objects.filter(pk=pk).first()
        if term is None or not self.has_view_permission(request):
            raise Http404
        return JsonResponse(grades_of(term))


def grades_of(term: CtcaeTerm) -> dict[str, Any]:
    """The data of a term for the form."""
    return {
        "grades": {str(grade): term.grade_wording.get(str(grade), "") for grade in term.grades},
        "limits": limit_lines(term),
        "limits_note": limits_note(term),
        "label": own_labels(language_of(get_language())).get(term.code, ""),
        "is_other": term.is_other,
        "definition": term.definition,
        "soc": term.soc,
    }

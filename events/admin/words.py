"""The words of a trial: those without results, which the data manager maps or removes, and the mapped ones."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from events.admin.term_box import ask_server
from events.models import CtcaeTerm, SiteWord, UnfoundWord
from events.services import words as services
from webkit.admin import RoleScopedAdmin
from webkit.admin.combo import ComboSelect, refuse_typed
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb


class _OneQuestion(NamedRefusals, forms.ModelForm[Any]):
    def _post_clean(self) -> None:
        """Nothing of the row is entered here; the service checks whether it is possible."""


class MapForm(_OneQuestion):
    term = forms.ModelChoiceField(
        label=_lazy("Term of the dictionary"),
        queryset=CtcaeTerm.objects.none(),
        widget=ComboSelect(
            hint=_lazy("Type a few letters: kidney, atrial …"), empty=_lazy("No term with these letters")
        ),
    )
    reason = forms.CharField(
        label=_lazy("Why does it mean this term?"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
    )

    class Meta:
        model = UnfoundWord
        fields: tuple[str, ...] = ()

    class Media:
        js = (forms.Script("webkit/combo.js", defer=True),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.instance.ctcae_version
        terms: Any = self.fields["term"]
        terms.queryset = CtcaeTerm.objects.filter(ctcae_version=version).order_by("term")
        ask_server(terms.widget, version, self.instance.trial.code)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_typed(self)
        return cleaned


class RemoveForm(_OneQuestion):
    class Meta:
        model = UnfoundWord
        fields: tuple[str, ...] = ()


class VoidWordForm(_OneQuestion):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = SiteWord
        fields: tuple[str, ...] = ()


def map_it(request: HttpRequest, word: UnfoundWord, form: MapForm) -> str:
    said = attribution(request, reason=form.cleaned_data["reason"])
    row = services.map_word(unfound=word, term=form.cleaned_data["term"], **said)
    return _("From now on “%(word)s” finds %(term)s in this trial.") % {"word": row.word, "term": row.term}


def remove(request: HttpRequest, word: UnfoundWord, form: RemoveForm) -> str:  # noqa: ARG001
    services.remove_unfound_word(unfound=word, by=person_of(request))
    return _("The word is removed for good.")


def void(request: HttpRequest, word: SiteWord, form: VoidWordForm) -> str:
    services.void_site_word(
        word=word, by=person_of(request), at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    return _("“%(word)s” no longer finds %(term)s.") % {"word": word.word, "term": word.term}


@admin.register(UnfoundWord)
class UnfoundWordAdmin(RoleScopedAdmin):
    """Words of the trial, the most frequent first, without any person's name."""

    view_action = Action.MANAGE_TRIAL
    site_path = None
    verbs = (
        Verb(
            "map",
            _lazy("Map to a term"),
            _lazy("Map to this term"),
            Action.MANAGE_TRIAL,
            MapForm,
            map_it,
            lambda _word: True,
            _lazy("From then on the word finds the term in this trial, in the form and in the API."),
        ),
        Verb(
            "remove",
            _lazy("Remove"),
            _lazy("Remove for good"),
            Action.MANAGE_TRIAL,
            RemoveForm,
            remove,
            lambda _word: True,
            _lazy("For a name, or for what is no word of an event. Nothing of it is kept."),
        ),
    )
    list_display = ("word", "language", "ctcae_version", "times", "first_on", "last_on")
    list_filter = ("language", "ctcae_version")
    search_fields = ("word",)
    search_help_text = _lazy("Word")
    ordering = ("-times", "word", "id")
    sortable_by = ()
    fields = readonly_fields = ("word", "language", "ctcae_version", "times", "first_on", "last_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnfoundWord]:
        return super().get_queryset(request).select_related("trial").order_by(*self.ordering)

    def name_of(self, obj: UnfoundWord) -> str:
        return obj.word


@admin.register(SiteWord)
class SiteWordAdmin(RoleScopedAdmin):
    """The trial's additions to the shipped table; a word is removed by voiding it."""

    view_action = Action.VIEW_EVENTS
    site_path = None
    verbs = (
        Verb(
            "void",
            _lazy("Void"),
            _lazy("Void the word"),
            Action.MANAGE_TRIAL,
            VoidWordForm,
            void,
            lambda word: word.voided_at is None,
            _lazy("The word no longer finds the term. Events that were coded with it stay as they are."),
        ),
    )
    list_display = ("word", "language", "term", "version_shown", "added", "state_shown")
    list_filter = ("language",)
    search_fields = ("word", "term__term")
    search_help_text = _lazy("Word or term")
    list_select_related = ("term", "trial")
    ordering = ("word", "id")
    sortable_by = ()
    fields = readonly_fields = ("word", "language", "term", "version_shown", "added", "state_shown")

    def may(self, request: HttpRequest, action: Action | None, obj: Any = None) -> bool:
        """Words belong to no site: a role that sees events at one site of the trial may read them."""
        return super().may(request, action, None if action == self.view_action else obj)

    def name_of(self, obj: SiteWord) -> str:
        return f"{obj.word} → {obj.term}"

    @admin.display(description=_lazy("CTCAE version"))
    def version_shown(self, obj: SiteWord) -> str:
        return obj.term.ctcae_version

    @admin.display(description=_lazy("Added"))
    def added(self, obj: SiteWord) -> str:
        return moment(obj.recorded_at)

    @admin.display(description=_lazy("State"))
    def state_shown(self, obj: SiteWord) -> str:
        return _("void: %(why)s") % {"why": obj.void_reason} if obj.voided_at else _("in use")

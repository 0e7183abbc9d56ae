"""What the pages of coding are made of: their forms, a record in words, the terms that a search finds."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pharmacovigilance.models import MeddraVersion
from pharmacovigilance.queries.coding import coding_lines, meanings, pinned_version, search_meddra
from trials.models import Trial

FOUND_AT_MOST = 30
LONG = {"class": "long"}


class DecisionForm(forms.Form):
    """The term, and the reason. The search text is in the address."""

    llt_code = forms.CharField(label=_lazy("Code of the term"), max_length=8, required=False)
    reason = forms.CharField(label=_lazy("Reason"), max_length=1000, widget=forms.TextInput(attrs=LONG))
    seen_words = forms.CharField(widget=forms.HiddenInput, required=False)


class PinForm(forms.Form):
    version = forms.ModelChoiceField(label=_lazy("MedDRA version"), queryset=MeddraVersion.objects.none())
    reason = forms.CharField(label=_lazy("Reason"), max_length=1000, widget=forms.TextInput(attrs=LONG))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = MeddraVersion.objects.order_by("-pk")  # type: ignore[attr-defined]


def next_to_code(trial: Trial, sites: frozenset[str] | None) -> tuple[str, Any]:
    """The first record without a code; 404 when there is none."""
    lines = coding_lines(trial, version=pinned_version(trial.pk), sites=sites)
    line = next((one for one in lines if not one.is_coded), None)
    if line is None:
        raise Http404
    return str(line.subject), line.record


def field_of_subject(subject: str) -> str:
    return {"event": "event", "indication": "medication", "history": "history"}[subject]


def coding_line_shown(line: Any) -> dict[str, Any]:
    """A line in words: done, changed words, another version, or nothing."""
    state, shape = _("not coded"), "due"
    if line.is_coded:
        state, shape = _("coded"), "done"
    elif line.has_other_words:
        state, shape = _("the words changed since"), "overdue"
    elif line.coding is not None and line.coding.llt_code:
        state, shape = _("coded in another version"), "soon"
    elif line.coding is not None:
        state, shape = _("taken back"), "due"
    return {"row": line, "state": state, "shape": shape, "subject": line.subject.label}


def meddra_hits(trial: Trial, wanted: str) -> list[dict[str, Any]]:
    version = pinned_version(trial.pk)
    if version is None:
        return []
    terms = search_meddra(version, wanted, limit=FOUND_AT_MOST)
    meant = meanings(version, [term.code for term in terms])
    return [{"term": term, "meaning": meant[term.code]} for term in terms]

"""The coding sheet: uncoded records with words, to be coded by hand where the site has no licence."""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pharmacovigilance.choices import CodedSubject
from pharmacovigilance.queries.coding import CodingLine, coding_lines, pinned_version
from pharmacovigilance.rendering.listings import Listing, ListingTable
from trials.models import Trial
from webkit.admin.display import moment


def coding_sheet(trial: Trial, *, sites: frozenset[str] | None, at: datetime) -> Listing:
    """The records without a code, of these sites (None: all), with empty cells for the coder."""
    version = pinned_version(trial.pk)
    lines = [line for line in coding_lines(trial, version=version, sites=sites) if not line.is_coded]
    table = ListingTable(
        title=_("What has no code"),
        head=[
            _("Participant"), _("What"), _("Words"), _("Term of the trial"), _("Code (lowest level term)"),
            _("Lowest level term"), _("MedDRA version"), _("Coder, day"),
        ],
        rows=[_row(line) for line in lines],
        notes=[] if lines else [_("Everything that has words is coded.")],
    )  # fmt: skip
    return Listing(
        language=(get_language() or "en")[:2],
        title=_("Coding sheet"),
        eyebrow=trial.code,
        facts=[
            (_("Trial"), f"{trial.code} · {trial.title}"),
            (_("MedDRA version"), str(version) if version else _("none chosen")),
            (_("Data to"), moment(at)),
            (_("Records"), str(len(lines))),
        ],
        tables=[table],
        foot=_("Made from open records alone; it holds nothing that follows from an arm."),
        at=at,
    )


def _row(line: CodingLine) -> list[str]:
    term = getattr(line.record, "ctcae_term", None) if line.subject == CodedSubject.EVENT else None
    what = " ".join(filter(None, (str(line.subject.label), line.number)))
    return [line.record.participant.code, what, line.words, str(term or ""), "", "", "", ""]

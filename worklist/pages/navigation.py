"""What surrounds every page: who is signed in, where they work, where they can go, in which clock and which light."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, Role
from accounts.models import User
from accounts.queries import grants_of, may_anywhere
from trials.models import Site, Trial
from webkit.admin.display import study_zone

APPEARANCE_COOKIE = "appearance"
APPEARANCES: tuple[tuple[str, Promise], ...] = (
    ("auto", _("System")),
    ("light", _("Light")),
    ("dark", _("Dark")),
)


@dataclass(frozen=True)
class Destination:
    """An entry of the navigation: its name, the page, and the action of the permission table that opens it."""

    label: Promise
    hint: Promise
    url_name: str
    action: Action | None = None


DESTINATIONS: tuple[Destination, ...] = (
    Destination(_("Worklist"), _("What is due"), "admin:index"),
    Destination(
        _("Participants"),
        _("Timeline, infusions, events and samples"),
        "admin:trials_participant_changelist",
        Action.VIEW_PARTICIPANTS,
    ),
    Destination(
        _("Infusions"),
        _("Start, end and the hours after"),
        "admin:trials_infusion_changelist",
        Action.VIEW_PARTICIPANTS,
    ),
    Destination(
        _("Adverse events"),
        _("What happened, how bad, what was done"),
        "admin:events_adverseevent_changelist",
        Action.VIEW_EVENTS,
    ),
    Destination(
        _("Safety cases"),
        _("From a serious event to its report"),
        "admin:pharmacovigilance_safetycase_changelist",
        Action.VIEW_CASES,
    ),
    Destination(
        _("Reports due"),
        _("To whom, by when, and what was sent"),
        "admin:pharmacovigilance_obligation_changelist",
        Action.VIEW_CASES,
    ),
    Destination(
        _("Expected reactions"),
        _("Reference safety information, by version"),
        "admin:pharmacovigilance_rsiversion_changelist",
        Action.VIEW_CASES,
    ),
    Destination(
        _("Reporting rules"),
        _("What the law asks, as rows with a source"),
        "admin:pharmacovigilance_obligationrule_changelist",
        Action.MANAGE_CASES,
    ),
    Destination(
        _("Declarations"),
        _("Urgent measures, unexpected facts, data locks"),
        "admin:pharmacovigilance_declaration_changelist",
        Action.MANAGE_CASES,
    ),
    Destination(
        _("Unblinded desk"),
        _("Cases whose arm was opened for their report"),
        "admin:pharmacovigilance_deskrecord_changelist",
        Action.REPORT_UNBLINDED,
    ),
    Destination(
        _("Notices"),
        _("Who was told of serious events, and who has read it"),
        "admin:events_seriousnotice_changelist",
        Action.VIEW_SAFETY_NOTICES,
    ),
    Destination(
        _("Words that found nothing"),
        _("What was typed for an event and found no term: map it, or remove it"),
        "admin:events_unfoundword_changelist",
        Action.MANAGE_TRIAL,
    ),
    Destination(
        _("Days in intensive care"),
        _("Oxygenation, support and organs, day by day"),
        "admin:assessments_dailyassessment_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Blood products"),
        _("And other events that sensitise"),
        "admin:assessments_sensitisingevent_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Laboratory results"),
        _("Values with the laboratory’s limits"),
        "admin:assessments_laboratoryresult_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Medication"),
        _("Drug, dose, route, from and to"),
        "admin:assessments_medication_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Deviations"),
        _("From the protocol: what happened, what was done"),
        "admin:assessments_protocoldeviation_changelist",
        Action.VIEW_ASSESSMENTS,
    ),
    Destination(
        _("Findings"),
        _("Criteria met after an infusion"),
        "admin:haemodynamics_haemodynamicfinding_changelist",
        Action.VIEW_READINGS,
    ),
    Destination(
        _("Samples"), _("Taken, received"), "admin:immunology_specimen_changelist", Action.VIEW_SPECIMENS
    ),
    Destination(
        _("Unblindings"),
        _("Whose blind was broken, never the arm"),
        "admin:product_unblinding_changelist",
        Action.VIEW_UNBLINDINGS,
    ),
    Destination(
        _("Antibody results"),
        _("Measured per specificity"),
        "admin:immunology_antibodyresult_changelist",
        Action.VIEW_OWN_ANTIBODIES,
    ),
    Destination(
        _("Laboratory files"),
        _("Sera in runs, their quality, upload"),
        "admin:immunology_seruminrun_changelist",
        Action.VIEW_OWN_ANTIBODIES,
    ),
    Destination(
        _("Controls over time"),
        _("Levey–Jennings charts by lot and instrument"),
        "admin:immunology_seruminrun_charts",
        Action.VIEW_OWN_ANTIBODIES,
    ),
    Destination(
        _("Plates to run"),
        _("Which stored serum beside which"),
        "admin:immunology_specimen_plates",
        Action.RECEIVE_SPECIMEN,
    ),
    Destination(
        _("Accounts of laboratories"),
        _("Which account belongs to which laboratory"),
        "admin:immunology_laboratoryaccount_changelist",
        Action.MANAGE_LABORATORIES,
    ),
    Destination(
        _("Participants' typing"),
        _("HLA of the participants"),
        "admin:immunology_participanttyping_changelist",
        Action.VIEW_OWN_ANTIBODIES,
    ),
    Destination(
        _("Allocations"),
        _("Arm and reference batch"),
        "admin:product_allocation_changelist",
        Action.VIEW_ALLOCATION,
    ),
    Destination(
        _("Batches"),
        _("Donor, cells, viability, specification"),
        "admin:product_productbatch_changelist",
        Action.VIEW_PRODUCT,
    ),
    Destination(
        _("Doses"), _("What was in each bag"), "admin:product_dispenseddose_changelist", Action.VIEW_PRODUCT
    ),
    Destination(
        _("Product deviations"),
        _("What concerned a batch, a dose or the cells"),
        "admin:product_productdeviation_changelist",
        Action.VIEW_PRODUCT,
    ),
    Destination(
        _("Donor typing"),
        _("HLA of the donors"),
        "admin:immunology_donortyping_changelist",
        Action.MANAGE_PRODUCT,
    ),
    Destination(
        _("Antibody findings"),
        _("Pre-formed and new, per donor"),
        "admin:immunology_dsafinding_changelist",
        Action.VIEW_ANTIBODIES,
    ),
    Destination(
        _("Calls and their readings"),
        _("Two readers, an adjudicator, pictures"),
        "admin:immunology_dsafinding_calls",
        Action.VIEW_ANTIBODIES,
    ),
    Destination(
        _("Participants and antigens"),
        _("A map per donor"),
        "admin:immunology_dsafinding_map",
        Action.VIEW_ANTIBODIES,
    ),
    Destination(
        _("What antibodies are judged by"),
        _("Rule sets, releases, typings; what a change would change"),
        "admin:immunology_judgingchange_changelist",
        Action.MANAGE_ANTIBODY_RULES,
    ),
    Destination(
        _("Board reports"), _("Open and closed reports of each look"), "board:index", Action.VIEW_OPEN_REPORT
    ),
    Destination(
        _("Key of the arms"),
        _("Which letter is which arm; each opening is listed"),
        "admin:product_armkeyopening_changelist",
        Action.OPEN_ARM_KEY,
    ),
    Destination(
        _("Imports"), _("Data sets read in"), "admin:interchange_importrun_changelist", Action.IMPORT_DATA
    ),
    Destination(
        _("Audit trail"),
        _("Every change, with who, when and why"),
        "admin:audit_entry_changelist",
        Action.VIEW_AUDIT,
    ),
    Destination(
        _("Accounts"), _("People who can sign in"), "admin:accounts_user_changelist", Action.MANAGE_USERS
    ),
    Destination(
        _("Roles"),
        _("Who may do what, in which trial, at which site"),
        "admin:accounts_membership_changelist",
        Action.MANAGE_USERS,
    ),
    Destination(
        _("Wrong passwords"),
        _("Who is attacked, from where"),
        "admin:accounts_wrongpassword_changelist",
        Action.MANAGE_USERS,
    ),
    Destination(
        _("Trial"), _("Protocol versions and sites"), "admin:trials_trial_changelist", Action.MANAGE_TRIAL
    ),
)


IDLE_SECONDS = "idle_seconds"
"""Where the session keeps after how many seconds without use it ends."""
DESK_ROLES = frozenset(
    {
        Role.NURSE,
        Role.INVESTIGATOR,
        Role.DATA_MANAGER,
        Role.PHARMACOVIGILANCE,
        Role.SPONSOR,
        Role.HLA_LABORATORY,
        Role.CELL_THERAPY_UNIT,
    }
)
"""Roles whose first page is a list of work; the others start from what they may read."""
FIRST_PAGES = (
    (Action.VIEW_CLOSED_REPORT, "board:index"),
    (Action.READ_ANTIBODY_CALLS, "admin:immunology_dsafinding_calls"),
    (Action.MANAGE_USERS, "admin:accounts_user_changelist"),
    (Action.VIEW_AUDIT, "admin:audit_entry_changelist"),
    (Action.VIEW_OPEN_REPORT, "board:index"),
)
"""For roles without a worklist: the first action that they have, and the page from which they then start."""


class Frame:
    """Computed when a page asks, once per request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _user(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def is_signed_in(self) -> bool:
        return self._user is not None

    @property
    def home_url(self) -> str:
        return "/"

    @property
    def user_label(self) -> str:
        return self._user.get_full_name() or self._user.get_username() if self._user else ""

    @cached_property
    def memberships(self) -> list[str]:
        """One line per role: role, trial, site."""
        if self._user is None:
            return []
        return [
            " · ".join(filter(None, [str(Role(g.role).label), g.trial_code, g.site_code]))
            for g in grants_of(self._user)
        ]

    @property
    def search_url(self) -> str:
        return reverse("admin:search")

    @property
    def can_search(self) -> bool:
        return self._user is not None and may_anywhere(self._user, Action.VIEW_PARTICIPANTS)

    @cached_property
    def navigation(self) -> list[dict[str, object]]:
        if self._user is None or not grants_of(self._user):
            return []
        has_desk = has_worklist(self._user)
        open_to_user = [
            d for d in DESTINATIONS if (has_desk if d.action is None else may_anywhere(self._user, d.action))
        ]
        return [entry for d in open_to_user if (entry := self._entry(d))]

    def _entry(self, destination: Destination) -> dict[str, object] | None:
        try:
            url = reverse(destination.url_name)
        except NoReverseMatch:
            return None
        here = self._request.path == url if destination.action is None else self._request.path.startswith(url)
        return {"label": destination.label, "hint": destination.hint, "url": url, "is_here": here}

    @cached_property
    def workplace(self) -> str:
        """`Site · trial`, or the trial alone, where the person's first role stands."""
        trial = workplace_trial(self._user) if self._user else None
        if trial is None:
            return ""
        codes = {g.site_code for g in grants_of(self._user) if g.trial_code == trial.code and g.site_code}  # type: ignore[arg-type]
        names = Site.objects.filter(trial=trial, code__in=codes).values_list("name", flat=True)
        return " · ".join([*names, trial.code])

    @property
    def zone(self) -> str:
        """The name of the zone whose wall time the page speaks."""
        return workplace_zone(self._user) if self._user else ""

    @property
    def idle_seconds(self) -> int:
        """After how long without use the session ends."""
        return int(self._request.session.get(IDLE_SECONDS, settings.SESSION_IDLE_SHARED.total_seconds()))

    @property
    def theme(self) -> str:
        wished = self._request.COOKIES.get(APPEARANCE_COOKIE, "auto")
        return wished if wished in dict(APPEARANCES) else "auto"

    @property
    def appearances(self) -> list[dict[str, object]]:
        return [
            {"value": value, "label": label, "is_current": value == self.theme}
            for value, label in APPEARANCES
        ]


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor."""
    return {"frame": Frame(request)}


def workplace_trial(user: User) -> Trial | None:
    """The trial a person works in: the first of their roles, by code (a role in every trial: the first trial)."""
    known: Trial | None = getattr(user, "_workplace_trial", None)
    if known is None:
        codes = sorted({grant.trial_code for grant in grants_of(user) if grant.trial_code})
        known = Trial.objects.filter(code=codes[0]).first() if codes else Trial.objects.order_by("pk").first()
        user._workplace_trial = known  # type: ignore[attr-defined]
    return known


def workplace_zone(user: User) -> str:
    """The zone whose wall time a person's pages speak: of the sites where they work when these share one and they have no
    role in a whole trial, else of the trial. Empty before the first trial.
    """
    known: str | None = getattr(user, "_workplace_zone", None)
    if known is None:
        trial = workplace_trial(user)
        zones = _zones_of_sites(user) or {trial.timezone if trial else ""}
        known = zones.pop() if len(zones) == 1 or trial is None else trial.timezone
        user._workplace_zone = known  # type: ignore[attr-defined]
    return known


def _zones_of_sites(user: User) -> set[str]:
    """The zones of the sites that all roles of this person stand at; none for a role in a whole trial."""
    places = {(grant.trial_code, grant.site_code) for grant in grants_of(user)}
    if not places or any(not site for _trial, site in places):
        return set()
    at_one = Q()
    for trial, site in places:
        at_one |= Q(code=site, **({"trial__code": trial} if trial else {}))
    return set(Site.objects.filter(at_one).values_list("timezone", flat=True))


def has_worklist(user: User) -> bool:
    """Whether the first page of this person is a list of work."""
    return any(grant.role in DESK_ROLES for grant in grants_of(user))


def first_page_of(user: User) -> str:
    """Where somebody without a worklist starts: the board's portal, the trail, the accounts; empty when nowhere."""
    return next((reverse(name) for action, name in FIRST_PAGES if may_anywhere(user, action)), "")


class TrialZoneMiddleware:
    """Pages speak the wall time of the site (or of the trial), and read what is typed as such; the database and the API
    keep UTC. Study days are counted in the trial's zone everywhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if request.path.startswith("/api/") or user is None or not user.is_authenticated:
            return self.get_response(request)
        trial = workplace_trial(user)
        zone = workplace_zone(user)
        token = study_zone.set(ZoneInfo(trial.timezone) if trial else None)
        try:
            with timezone.override(ZoneInfo(zone) if zone else None):
                return self.get_response(request)
        finally:
            study_zone.reset(token)

"""What surrounds every page: the person, the place of work, the destinations, the time zone and the colour theme."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, Role
from accounts.models import User
from accounts.queries import grants_of, may_anywhere
from trials.models import Site
from worklist.pages.navigation.destinations import Destination, all_destinations
from worklist.pages.navigation.first_pages import has_worklist
from worklist.pages.navigation.workplaces import workplace_trial, workplace_zone

APPEARANCE_COOKIE = "appearance"
APPEARANCES: tuple[tuple[str, Promise], ...] = (
    ("auto", _("System")),
    ("light", _("Light")),
    ("dark", _("Dark")),
)
IDLE_SECONDS = "idle_seconds"
"""Where the session keeps after how many seconds without use it ends."""


class Frame:
    """Computed on first use, once per request."""

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
            d
            for d in all_destinations()
            if (has_desk if d.action is None else may_anywhere(self._user, d.action))
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
        """`Site · trial`, or the trial alone, of the person's first role."""
        trial = workplace_trial(self._user) if self._user else None
        if trial is None:
            return ""
        codes = {g.site_code for g in grants_of(self._user) if g.trial_code == trial.code and g.site_code}  # type: ignore[arg-type]
        names = Site.objects.filter(trial=trial, code__in=codes).values_list("name", flat=True)
        return " · ".join([*names, trial.code])

    @property
    def zone(self) -> str:
        """The name of the page's time zone."""
        return workplace_zone(self._user) if self._user else ""

    @property
    def idle_seconds(self) -> int:
        """The idle time after which the session ends."""
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

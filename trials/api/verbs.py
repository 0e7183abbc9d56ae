"""Shared code of the resources of participants and infusions: validate, make one service call, return the row."""

from typing import Any, ClassVar, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.choices import Action
from accounts.models import User
from accounts.queries import site_codes_for
from trials.models import Participant
from webkit.api.lists import ListedViewSet
from webkit.api.resources import IdempotentCreateMixin


class VerbViewSet(IdempotentCreateMixin, ListedViewSet):
    """A resource whose records change by verbs.

    A subclass names its row (`subject`), its serializer, and the input serializers by view action.
    """

    subject: ClassVar[str]
    shown: ClassVar[type[BaseSerializer[Any]]]
    shapes: ClassVar[dict[str, type[BaseSerializer[Any]]]]
    http_method_names = ["get", "post", "patch", "head", "options"]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self.shapes.get(self.action, self.shown)

    def correct(self, service: Any) -> Response:
        """Correct the record of the address with the sent fields."""
        row, data = self.get_object(), self._sent()
        said = {"reason": data.pop("reason"), "seen_version": data.pop("seen_version", None)}
        return self._answer(service(**{self.subject: row}, **self.who(), **said, changes=data))

    def do(self, service: Any) -> Response:
        """One service call on the record of the address."""
        row, data = self.get_object(), self._sent()
        return self._answer(service(**{self.subject: row}, **self.who(), **data))

    def participant_of(self, trial_code: str, code: str, needed: Action) -> Participant:
        """The participant with these codes, among those for whom the account may do what is needed."""
        sites = site_codes_for(self.user, needed, trial_code=trial_code)
        rows = Participant.objects.select_related("trial", "site").at_sites(sites)
        participant = rows.filter(trial__code=trial_code, code=code).first()
        if participant is None:
            message = _("Participant: you have no participant %(code)s in the trial %(trial)s.")
            raise ValidationError({"participant": [message % {"code": code, "trial": trial_code}]})
        return participant

    def who(self) -> dict[str, Any]:
        """`by` and `at`: the only place here that reads the clock."""
        return {"by": self.user, "at": timezone.now()}

    @property
    def user(self) -> User:
        """The account of the request."""
        return cast(User, self.request.user)

    def _sent(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _answer(self, row: Any) -> Response:
        return Response(self.shown(row, context=self.get_serializer_context()).data)

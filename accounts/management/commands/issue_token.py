"""`manage.py issue_token NAME ROLE TRIAL --label TEXT --reason TEXT`: a bearer token of the API, printed once."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership
from accounts.services import issue_token, system_user


class Command(BaseCommand):
    help = (
        "Issue a bearer token of the API for one role that an account holds. The token is printed once and cannot be had "
        "again; its number, which is printed too, revokes it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("trial", help="the trial's code")
        parser.add_argument("--site", default="", help="the site's code, for a role that is bound to one")
        parser.add_argument(
            "--label", required=True, help="what the token is for, for example the sending system"
        )
        parser.add_argument("--reason", required=True, help="why; kept in the trail")

    def handle(self, *_args: Any, **options: Any) -> None:
        said = {"by": system_user(), "at": timezone.now(), "reason": options["reason"]}
        try:
            token, secret = issue_token(membership=self._membership(options), label=options["label"], **said)
        except ValidationError as refusal:
            raise CommandError("Nothing was issued.\n" + "\n".join(refusal.messages)) from refusal
        self.stdout.write(f"Token {token.pk}, until {token.expires_at:%Y-%m-%d}:\n{secret}")

    def _membership(self, options: dict[str, Any]) -> Membership:
        held = Membership.objects.standing().filter(
            user__username=options["username"],
            role=options["role"],
            trial_code=options["trial"],
            site_code=options["site"],
        )
        found = held.first()
        if found is None:
            raise CommandError("Nothing was issued: the account does not hold this role there.")
        return found

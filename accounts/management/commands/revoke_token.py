"""`manage.py revoke_token NUMBER --reason TEXT`: revoke a bearer token of the API."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import ApiToken
from accounts.services import revoke_token, system_user


class Command(BaseCommand):
    help = "Revoke a bearer token of the API, by the number that was printed when it was issued."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--reason", required=True, help="why; kept in the trail")

    def handle(self, *_args: Any, **options: Any) -> None:
        token = ApiToken.objects.select_related("membership").filter(pk=options["number"]).first()
        if token is None:
            raise CommandError("Nothing was revoked: no token has this number.")
        try:
            revoke_token(token=token, by=system_user(), at=timezone.now(), reason=options["reason"])
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        self.stdout.write(f"Token {token.pk} is revoked.")

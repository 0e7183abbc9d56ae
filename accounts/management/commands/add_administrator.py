"""`manage.py add_administrator NAME --reason TEXT`: make the first account of a site.

Its owner makes all others.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services import grant_membership, link_for, save_account, system_user


class Command(BaseCommand):
    help = (
        "Make an administrator of every trial, who makes all other accounts and grants on the site's pages. "
        "Prints a link with which this person sets a password: once, within a day, known to nobody else."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--email", required=True, help="the person's own address: later links go there")
        parser.add_argument("--reason", required=True, help="why; kept in the trail")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User(username=options["username"], email=options["email"])
        user.set_unusable_password()
        said = {"by": system_user(), "at": timezone.now(), "reason": options["reason"]}
        try:
            with transaction.atomic():
                save_account(user=user, **said)
                grant_membership(user=user, role=Role.ADMINISTRATOR, trial_code="", **said)
        except ValidationError as refusal:
            raise CommandError("Nothing was made.\n" + "\n".join(refusal.messages)) from refusal
        self.stdout.write(
            f"{user.username} may manage accounts. Open this link within a day to set the password:"
        )
        self.stdout.write(link_for(user))

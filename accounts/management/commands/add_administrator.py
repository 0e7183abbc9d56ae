"""`manage.py add_administrator NAME --reason TEXT`: the first account of a site, which makes all others on its pages."""

import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services import grant_membership, save_account, system_user


class Command(BaseCommand):
    help = (
        "Make an administrator of every trial, who makes all other accounts and grants on the site's pages. "
        "The password is asked for, or read as a line from standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="why; kept in the trail")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User(username=options["username"])
        said = {"by": system_user(), "at": timezone.now(), "reason": options["reason"]}
        password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password, user)
            user.set_password(password)
            with transaction.atomic():
                save_account(user=user, **said)
                grant_membership(user=user, role=Role.ADMINISTRATOR, trial_code="", **said)
        except ValidationError as refusal:
            raise CommandError("Nothing was made.\n" + "\n".join(refusal.messages)) from refusal
        self.stdout.write(f"{user.username} may sign in and manage accounts.")

"""The trial of a page of the closed session: one outside the account's scope gives "not found"."""

from typing import cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from trials.models import Trial


def trial_for(request: HttpRequest, trial_code: str, action: Action) -> tuple[User, Trial]:
    """The account and the trial. Raises Http404 without the permission there."""
    user = cast(User, request.user)
    if not user_may(user, action, trial_code=trial_code):
        raise Http404
    return user, get_object_or_404(Trial, code=trial_code)

"""Which trial a page of the closed room is about: one outside the asker's reach is not there."""

from typing import cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from trials.models import Trial


def trial_for(request: HttpRequest, trial_code: str, action: Action) -> tuple[User, Trial]:
    """The asker and the trial. Raises Http404 when the asker may not do this there."""
    user = cast(User, request.user)
    if not user_may(user, action, trial_code=trial_code):
        raise Http404
    return user, get_object_or_404(Trial, code=trial_code)

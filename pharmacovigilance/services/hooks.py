"""Web hooks: made, switched, and told what changed.

What was not taken is sent again, later and later; nothing is lost.
"""

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from pharmacovigilance.models import HookDelivery, WebHook
from pharmacovigilance.queries.hook_changes import HookChanges, hook_changes, may_be_told
from pharmacovigilance.rules.hooks import TAKEN, address_refusal, pause_after, secret_of, signature_of
from pharmacovigilance.services.steps import check_reason
from trials.models import Trial

OWNER_LEFT = standing_reason("Its owner may not see the whole trial any more.")
LEASE = timedelta(minutes=2)
"""For how long one worker has a hook for itself; longer than a try can take."""
TIMEOUT_SECONDS = 20
MOST_IN_A_ROW = 20
"""Deliveries to one hook in one go, so that one trial does not keep the worker from the others."""
Post = Callable[[str, bytes, Mapping[str, str]], int]
Read = Callable[..., HookChanges | None]
logger = logging.getLogger(__name__)


@transaction.atomic
def add_web_hook(*, trial: Trial, url: str, by: User, at: datetime, reason: str) -> WebHook:
    """Tell an address from now on, from the first change of the trial.

    Raises ValidationError for a refused address.
    """
    check_reason(reason)
    require(by=by, action=Action.MANAGE_RSI, trial_code=trial.code)
    if not may_be_told(by, trial.code):
        raise ValidationError(
            _("Web hook: your account sees a part of the trial's sites; a hook tells of all.")
        )
    check_address(url)
    row = WebHook(trial=trial, url=url, owner=by)
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "owner"))
    with attributed(by=by, reason=reason, at=at):
        row.save(force_insert=True)
    return row


def check_address(url: str) -> None:
    """Raise ValidationError with the rule that the address breaks."""
    rules = {
        "host": _("Address: its host is none of WEB_HOOK_HOSTS, which the operator of this site sets."),
        "plain": _("Address: no name, password or fragment may stand in it."),
        "https": _("Address: it begins with https://."),
    }
    if refused := address_refusal(url, hosts=settings.WEB_HOOK_HOSTS):
        raise ValidationError({"url": rules[refused]})


def switch_hook_off(*, hook: WebHook, by: User, at: datetime, reason: str) -> WebHook:
    """Tell the address no more. Its place in the order of changes stays."""
    check_reason(reason)
    require(by=by, action=Action.MANAGE_RSI, trial_code=hook.trial.code)
    return _switched(hook, False, by, at, reason)


def switch_hook_on(*, hook: WebHook, by: User, at: datetime, reason: str) -> WebHook:
    """Tell the address again, from where it had been."""
    check_reason(reason)
    require(by=by, action=Action.MANAGE_RSI, trial_code=hook.trial.code)
    check_address(hook.url)
    return _switched(hook, True, by, at, reason)


@transaction.atomic
def _switched(hook: WebHook, on: bool, by: User, at: datetime, reason: str) -> WebHook:
    row = WebHook.objects.select_for_update(of=("self",)).select_related("trial").get(pk=hook.pk)
    row.is_on, row.failures, row.next_try_at = on, 0, None
    next_version(row, at=at)
    row.full_clean(exclude=("trial", "owner"))
    with attributed(by=by, reason=reason, at=at):
        row.save()
    return row


def hook_secret(hook: WebHook) -> str:
    """What the receiver checks signatures with. Derived, never stored; shown to whoever manages hooks."""
    return secret_of(settings.SECRET_KEY, hook_id=hook.pk, url=hook.url)


def tell_hooks(*, at: datetime, post: Post | None = None, read: Read = hook_changes) -> int:
    """Tell every hook whose time it is what it has not taken yet; how many deliveries were taken."""
    due = WebHook.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=at), is_on=True)
    taken = 0
    for hook_id in list(due.order_by("pk").values_list("pk", flat=True)):
        for _time in range(MOST_IN_A_ROW):
            if not tell_hook(hook_id=hook_id, at=at, post=post or post_json, read=read):
                break
            taken += 1
    return taken


def tell_hook(*, hook_id: int, at: datetime, post: Post, read: Read) -> bool:
    """Send the next changes to one hook; whether they were taken. False also when there is nothing to send."""
    hook = _claimed(hook_id, at)
    if hook is None:
        return False
    if not may_be_told(hook.owner, hook.trial.code):
        _switched(hook, False, system_user(), at, OWNER_LEFT)
        return False
    changes = read(trial_id=hook.trial_id, position=hook.position)
    if changes is None:
        _keep(hook, next_try_at=None)
        return False
    body = {"hook": hook.pk, "trial": hook.trial.code, "results": changes.results, "next": str(changes.last)}
    status, error = _posted(hook, json.dumps(body).encode(), at, post)
    is_taken = status in TAKEN
    HookDelivery.objects.create(
        hook=hook,
        tried_at=at,
        changes=len(changes.results),
        last_position=changes.last,
        status=status,
        error=error[:200],
    )
    if is_taken:
        _keep(hook, position=changes.last, failures=0, next_try_at=None)
    else:
        _keep(hook, failures=hook.failures + 1, next_try_at=at + pause_after(hook.failures + 1))
    return is_taken


def _claimed(hook_id: int, at: datetime) -> WebHook | None:
    """The hook, for this worker alone until the lease ends: no transaction is open while the address answers."""
    due = Q(next_try_at=None) | Q(next_try_at__lte=at)
    with attributed(by=system_user(), reason=OWNER_LEFT, at=at):
        claimed = WebHook.objects.filter(due, pk=hook_id, is_on=True).update(next_try_at=at + LEASE)
    return WebHook.objects.select_related("trial", "owner").get(pk=hook_id) if claimed else None


def _keep(hook: WebHook, **values: Any) -> None:
    WebHook.objects.filter(pk=hook.pk).update(**values)


def _posted(hook: WebHook, body: bytes, at: datetime, post: Post) -> tuple[int | None, str]:
    """The status that came back, or why nothing did."""
    if refused := address_refusal(hook.url, hosts=settings.WEB_HOOK_HOSTS):
        return None, f"address refused: {refused}"
    sent = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "X-Safety-Signature": signature_of(body, secret=hook_secret(hook).encode(), sent=sent),
    }
    try:
        return post(hook.url, body, headers), ""
    except OSError as error:
        logger.warning("web hook %s was not reached: %s", hook.pk, type(error).__name__)
        return None, type(error).__name__


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect leads to an address that nobody has allowed."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def post_json(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send by HTTP; the status. Raises OSError when nothing came back. Redirects are not followed."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return int(error.code)

"""Unblindings on a first page: a second person is needed now, or a blind was broken recently."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from product.choices import UnblindingNews
from product.models import UnblindingNotice
from webkit.admin.display import clock, day
from worklist.pages.bedside import BACK
from worklist.pages.items import DUE_NOW, OPEN, Harm, WorkItem
from worklist.pages.scope import WorklistScope

ROWS = 20


def unread_unblindings(user: User, place: WorklistScope) -> Iterator[WorkItem]:
    """The person's unread notices of this trial; a confirmed or lapsed request is not listed."""
    related = ("unblinding__participant", "inadvertent__participant")
    unread = UnblindingNotice.objects.filter(recipient=user, read_at=None).select_related(*related)
    for notice in unread.order_by("-created_at")[:ROWS]:
        item = _request(notice, place) if _asks(notice) else _news(notice, place)
        if item is not None:
            yield item


def _asks(notice: UnblindingNotice) -> bool:
    return notice.news == UnblindingNews.SECOND_PERSON_NEEDED


def _request(notice: UnblindingNotice, place: WorklistScope) -> WorkItem | None:
    row = notice.unblinding
    if row is None or row.trial_id != place.trial.pk or row.confirmed_at or row.expires_at < place.at:
        return None
    return WorkItem(
        Harm.UNBLINDING,
        DUE_NOW,
        clock(row.asked_at),
        _("Emergency unblinding: a second person is needed"),
        row.asked_at,
        row.participant.code,
        detail=_("until %(time)s; you are not shown the arm") % {"time": clock(row.expires_at)},
        action_label=_("Read"),
        action_url=reverse("admin:product_unblinding_change", args=[row.pk]) + BACK,
        is_now=True,
    )


def _news(notice: UnblindingNotice, place: WorklistScope) -> WorkItem | None:
    record = notice.unblinding or notice.inadvertent
    if record is None or record.trial_id != place.trial.pk:
        return None
    emergency = notice.unblinding is not None
    return WorkItem(
        Harm.OTHER,
        OPEN,
        day(notice.created_at),
        _("Blind broken in an emergency") if emergency else _("Inadvertent unblinding recorded"),
        notice.created_at,
        record.participant.code if record.participant else "",
        detail=_("the arm is not told; please do not ask for it"),
        action_label=_("Read"),
        action_url=reverse(f"admin:product_{record._meta.model_name}_change", args=[record.pk]) + BACK,
    )

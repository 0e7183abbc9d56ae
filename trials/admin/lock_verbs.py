"""Freezing, locking and unlocking on the participant's page, and the warning under the participant's code."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.services import own_password_refusal
from trials import services
from trials.admin.page_parts import participant_warning
from trials.choices import LockKind
from trials.models import DataLock, Participant
from trials.queries import standing_lock
from webkit.admin.base import RoleScopedAdmin
from webkit.admin.display import day
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution
from webkit.admin.verbs import Verb


class CloseDataForm(NamedRefusals, forms.ModelForm[Participant]):
    why = forms.CharField(
        label=_lazy("Why?"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
    )

    class Meta:
        model = Participant
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the participant changes here."""


class LockDataForm(CloseDataForm):
    password = forms.CharField(
        label=_lazy("Your password, as your signature"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )


def freeze_data(request: HttpRequest, person: Participant, form: CloseDataForm) -> str:
    services.freeze_data(participant=person, **_said(request, form))
    return _("Frozen: the data of %(code)s. Nothing can be recorded or changed until they are unfrozen.") % {
        "code": person.code
    }


def lock_data(request: HttpRequest, person: Participant, form: LockDataForm) -> str:
    if refusal := own_password_refusal(request, form.cleaned_data["password"]):
        raise forms.ValidationError({"password": refusal})
    services.lock_data(participant=person, **_said(request, form))
    return _("Locked and signed: the data of %(code)s.") % {"code": person.code}


def lift_lock(request: HttpRequest, person: Participant, form: CloseDataForm) -> str:
    lock = standing_lock(participant_id=person.pk)
    if lock is None:
        raise forms.ValidationError(_("Lock: it was lifted before; nothing was changed."))
    services.lift_lock(lock=lock, **_said(request, form))
    return _("Open again: the data of %(code)s. The lock stays on record.") % {"code": person.code}


def _said(request: HttpRequest, form: Any) -> dict[str, Any]:
    return attribution(request, reason=form.cleaned_data["why"])


def _kind(person: Participant) -> str:
    lock = standing_lock(participant_id=person.pk)
    return lock.kind if lock else ""


LOCK_VERBS = (
    Verb(
        "freeze",
        _lazy("Freeze the data"),
        _lazy("Freeze"),
        Action.LOCK_DATA,
        CloseDataForm,
        freeze_data,
        lambda person: not _kind(person),
        _lazy(
            "For the time being: nothing about this participant is recorded or changed. Queries go on, but corrections "
            "wait until the data are unfrozen."
        ),
    ),
    Verb(
        "lock",
        _lazy("Lock the data"),
        _lazy("Sign and lock"),
        Action.LOCK_DATA,
        LockDataForm,
        lock_data,
        lambda person: _kind(person) != LockKind.LOCKED,
        _lazy(
            "You sign every record of this participant as it stands. Nothing is recorded or changed afterwards; all queries "
            "have to be closed before."
        ),
    ),
    Verb(
        "unlock",
        _lazy("Open the data again"),
        _lazy("Open the data"),
        Action.LOCK_DATA,
        CloseDataForm,
        lift_lock,
        lambda person: bool(_kind(person)),
        _lazy("The reason is kept. The signature stays on the records as they were."),
    ),
)

CLOSED_WORDS: dict[str, Promise] = {
    LockKind.FROZEN: _lazy("Data frozen since %(day)s: nothing can be recorded or changed"),
    LockKind.LOCKED: _lazy("Data locked since %(day)s: nothing can be recorded or changed"),
}


@participant_warning
def closed_data_warning(
    page: RoleScopedAdmin,  # noqa: ARG001
    request: HttpRequest,  # noqa: ARG001
    participant: Participant,
) -> str:
    """That the data are closed, and since when; empty while they are open."""
    lock: DataLock | None = standing_lock(participant_id=participant.pk)
    return CLOSED_WORDS[lock.kind] % {"day": day(lock.closed_at)} if lock else ""

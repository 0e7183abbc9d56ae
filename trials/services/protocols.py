"""Loading protocol versions, and updating the trial and its sites."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version, next_version
from trials.choices import Salt
from trials.models import ProtocolVersion, Site, Trial
from trials.rules.protocol import (
    Protocol,
    ProtocolError,
    SiteDefinition,
    canonical_content,
    content_sha256,
    parse_protocol,
)
from trials.rules.protocol.event_tables import clock_problems
from trials.services.entries import check_seen
from trials.signals import protocol_loaded


class LoadedProtocol(NamedTuple):
    """The result of `load_protocol`; `created` is false when this version existed already."""

    trial: Trial
    version: ProtocolVersion
    created: bool


@transaction.atomic
def load_protocol(*, content: Mapping[str, Any], by: User, at: datetime, reason: str) -> LoadedProtocol:
    """Store a protocol version, and update trial and sites; the same content again changes nothing.

    Raises ProtocolError (every wrong key), ValidationError when this version was loaded with other content (a loaded
    version is never edited), PermissionDenied. All or nothing.
    """
    protocol = parse_protocol(content)
    require(by=by, action=Action.MANAGE_TRIAL, trial_code=protocol.code)
    with attributed(by=by, reason=reason, at=at):
        trial = _trial_for(protocol, at)
        known = _known_version(trial, protocol, content)
        if known:
            return LoadedProtocol(trial, known, created=False)
        if problems := clock_problems(protocol.reporting):
            raise ProtocolError(problems)
        version = _keep_version(trial, protocol, content, at)
        _follow(trial, protocol, at)
        _open_missing_sites(trial, protocol, at)
    protocol_loaded.send(sender=ProtocolVersion, trial_id=trial.pk, by=by, at=at, reason=reason)
    return LoadedProtocol(trial, version, created=True)


def open_site(
    *,
    trial: Trial,
    code: str,
    name: str,
    timezone: str = "",
    country: str = "",
    norepinephrine_salt: str = Salt.UNKNOWN,
    has_shared_stations: bool = True,
    by: User,
    at: datetime,
    reason: str,
) -> Site:
    """Add a site to the trial; without a time zone it gets the trial's.

    Raises ValidationError (code taken, unknown zone) and PermissionDenied.
    """
    require(by=by, action=Action.MANAGE_TRIAL, trial_code=trial.code)
    with attributed(by=by, reason=reason, at=at):
        site = Site(
            trial=trial,
            code=code,
            name=name,
            timezone=timezone or trial.timezone,
            country=country,
            norepinephrine_salt=norepinephrine_salt,
            has_shared_stations=has_shared_stations,
        )
        first_version(site, at=at)
        site.full_clean()
        site.save()
    return site


def set_pharmacy_salt(
    *,
    site: Site,
    norepinephrine_salt: str,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> Site:
    """Change the salt on the norepinephrine labels of the site's pharmacy; earlier readings keep their salt."""
    require(by=by, action=Action.MANAGE_TRIAL, trial_code=site.trial.code)
    with attributed(by=by, reason=reason, at=at):
        row = Site.objects.select_related("trial").select_for_update(of=("self",)).get(pk=site.pk)
        check_seen(row, seen_version)
        row.norepinephrine_salt = norepinephrine_salt
        next_version(row, at=at)
        row.full_clean()
        row.save()
    return row


def _trial_for(protocol: Protocol, at: datetime) -> Trial:
    """The trial's row, locked; created when new."""
    trial = Trial.objects.select_for_update(no_key=True).filter(code=protocol.code).first()
    if trial:
        return trial
    trial = Trial(
        code=protocol.code,
        title=protocol.title,
        registration=protocol.registration,
        timezone=protocol.timezone,
    )
    first_version(trial, at=at)
    trial.full_clean()
    trial.save()
    return trial


def _known_version(trial: Trial, protocol: Protocol, content: Mapping[str, Any]) -> ProtocolVersion | None:
    known = ProtocolVersion.objects.filter(trial=trial, label=protocol.version).first()
    if known and known.content_sha256 != content_sha256(content):
        message = _(
            "Version: %(version)s is loaded already with other content, and a loaded version is never edited; "
            "give the changed protocol a new version and effective date."
        )
        raise ValidationError({"version": ValidationError(message, params={"version": protocol.version})})
    return known


def _keep_version(
    trial: Trial, protocol: Protocol, content: Mapping[str, Any], at: datetime
) -> ProtocolVersion:
    version = ProtocolVersion(
        trial=trial,
        label=protocol.version,
        effective_date=protocol.effective_date,
        content=canonical_content(content),
        content_sha256=content_sha256(content),
    )
    first_version(version, at=at)
    version.full_clean()
    version.save()
    return version


def _follow(trial: Trial, protocol: Protocol, at: datetime) -> None:
    """Set title, registration and zone of the trial from its newest version."""
    newest = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    wanted = (newest.title, newest.registration, newest.timezone)
    if newest.version != protocol.version or wanted == (trial.title, trial.registration, trial.timezone):
        return
    trial.title, trial.registration, trial.timezone = wanted
    next_version(trial, at=at)
    trial.full_clean()
    trial.save()


def _open_missing_sites(trial: Trial, protocol: Protocol, at: datetime) -> None:
    """In one statement, because the protocol's own checks have validated every value."""
    known = set(Site.objects.filter(trial=trial).values_list("code", flat=True))
    missing = [definition for definition in protocol.sites if definition.code not in known]
    Site.objects.bulk_create([_site(trial, definition, at) for definition in missing])


def _site(trial: Trial, definition: SiteDefinition, at: datetime) -> Site:
    site = Site(
        trial=trial,
        code=definition.code,
        name=definition.name,
        country=definition.country,
        timezone=definition.timezone,
    )
    first_version(site, at=at)
    return site

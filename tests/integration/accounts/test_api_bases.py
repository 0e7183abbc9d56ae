"""The common responses of every resource: tokens, problems, keys, invalid text."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import ApiToken, User
from accounts.services import end_membership, system_user
from audit.services import attributed
from safety_monitor.api_router import router
from tests.addresses import RESOURCE_MODELS
from tests.factories import make_participant, make_site, make_token, make_trial, make_user
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, Site, Trial
from webkit.api.instants import UpdatedSinceFilter
from webkit.api.listing import NamedFilters

pytestmark = pytest.mark.django_db
PARTICIPANTS = "/api/v1/participants/"


@shared_rows
def trial() -> Trial:
    return make_trial()


@shared_rows
def site(trial: Trial) -> Site:
    return make_site(trial)


@shared_rows
def nurse(trial: Trial, site: Site) -> User:
    return make_user("nurse", trial=trial, site=site)


def bearer(user: User) -> dict[str, str]:
    secret = make_token(user.memberships.get(), at=timezone.now())
    return {"Authorization": f"Bearer {secret}"}


def test_token_opens_what_its_role_may_see(nurse: User, trial: Trial, site: Site) -> None:
    own, foreign = make_participant(trial, site), make_participant(trial)

    answer = Client().get(PARTICIPANTS, headers=bearer(nurse))

    codes = [row["code"] for row in answer.json()["results"]]
    assert own.code in codes
    assert foreign.code not in codes


def test_token_carries_its_own_role_only(trial: Trial, site: Site) -> None:
    both = make_user("data_manager", "auditor", trial=trial)
    secret = make_token(both.memberships.get(role="auditor"), at=timezone.now())

    answer = Client().post(
        "/api/v1/sites/", {}, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("state", ["expired", "revoked", "membership ended", "account inactive", "unknown"])
def test_token_that_does_not_stand_is_refused(nurse: User, state: str) -> None:
    headers = bearer(nurse)
    token, now = ApiToken.objects.get(), timezone.now()
    said = {"by": system_user(), "at": now, "reason": "made for a test"}
    if state == "expired":
        with attributed(**said):
            ApiToken.objects.update(created_at=now - timedelta(days=2), expires_at=now - timedelta(seconds=1))
    elif state == "revoked":
        with attributed(**said):
            ApiToken.objects.update(revoked_at=now)
    elif state == "membership ended":
        end_membership(membership=token.membership, **said)
    elif state == "account inactive":
        User.objects.filter(pk=nurse.pk).update(is_active=False)
    else:
        headers = {"Authorization": "Bearer nonsense"}

    answer = Client().get(PARTICIPANTS, headers=headers)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_half_a_surrogate_pair_is_refused_in_words(nurse: User) -> None:
    answer = Client().post(
        PARTICIPANTS, '{"code": "\\ud800"}', content_type="application/json", headers=bearer(nurse)
    )

    assert answer.status_code == 400
    assert "surrogate" in answer.json()["detail"]


@pytest.mark.parametrize("key", ["k" * 101, "clé"])
def test_idempotency_key_that_cannot_be_kept_is_refused(
    nurse: User, trial: Trial, site: Site, key: str
) -> None:
    body = {"trial": trial.code, "site": site.code, "code": "P-1"}

    answer = Client().post(
        PARTICIPANTS, body, content_type="application/json", headers={**bearer(nurse), "Idempotency-Key": key}
    )

    assert answer.status_code == 400
    assert not Participant.objects.exists()
    assert "Idempotency-Key" in answer.json()["detail"]


def test_name_twice_in_an_ordering_is_refused(nurse: User) -> None:
    answer = Client().get(PARTICIPANTS, {"ordering": "-id,id"}, headers=bearer(nurse))

    assert answer.status_code == 400


def test_every_list_says_what_was_updated_by_the_trail_and_not_by_the_clock_of_a_request() -> None:
    by_clock = [
        prefix
        for prefix, view, _name in router.registry
        if (found := getattr(view, "filterset_class", None)) and "updated_since" in found.base_filters
        and not isinstance(found.base_filters["updated_since"], UpdatedSinceFilter)
    ]  # fmt: skip

    assert by_clock == []


def test_every_filter_refuses_in_one_sentence_with_its_name_and_the_value() -> None:
    """Values that are invalid for every type except text: every resource, every filter that is not text."""
    seen, told = 0, []
    for prefix, view, _name in router.registry:
        filters = getattr(view, "filterset_class", None)
        for name, found in (filters.base_filters if filters else {}).items():
            if isinstance(found.field, (forms.CharField, forms.NullBooleanField)):
                continue
            seen += 1
            rows = QuerySet(apps.get_model(RESOURCE_MODELS[prefix]))
            request = Request(APIRequestFactory().get(f"/{prefix}/", {name: "no-such"}))
            with pytest.raises(exceptions.ValidationError) as refused:
                NamedFilters().filter_queryset(request, rows, view(request=request))
            told.append(str(refused.value.detail[name][0]))

    assert seen > 20
    assert [said for said in told if "“no-such”" not in said] == []


def test_json_that_is_nested_too_deeply_is_refused_in_words(nurse: User) -> None:
    answer = Client().post(
        PARTICIPANTS, "[" * 100_000, content_type="application/json", headers=bearer(nurse)
    )

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "nested too deeply" in answer.json()["detail"]


@pytest.mark.parametrize(
    "position",
    [
        {"by": ["code", "id"], "key": ["\0", 1], "back": False},
        "[" * 5000,
    ],
)
def test_cursor_that_no_list_gave_is_refused(nurse: User, position: object) -> None:
    text = position if isinstance(position, str) else json.dumps(position)
    cursor = urlsafe_b64encode(text.encode()).decode()

    answer = Client().get(PARTICIPANTS, {"ordering": "code", "cursor": cursor}, headers=bearer(nurse))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"

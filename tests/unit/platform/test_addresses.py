"""The addresses of database and broker: the meaning of each combination of variables, and refusals."""

import os
from pathlib import Path

import pytest

from devserver import urls
from devserver.places import LONGEST_SOCKET_PATH, POSTGRES_SOCKET, Places, ServiceError, make_private
from safety_monitor import environment
from safety_monitor.databases import application_role_is_ours, databases_of, parse, pooled
from safety_monitor.environment import REQUIRED, EnvironmentRefused
from safety_monitor.kept_secrets import kept_secret

COMPLETE = {
    "DATABASE_URL": "postgresql://boss:secret@db.example:5433/trial",
    "CELERY_BROKER_URL": "redis://broker.example",
    "DJANGO_SECRET_KEY": "k" * 50,
}


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAFETY_VAR_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the addresses of the embedded servers, which the settings of the tests have given."""
    monkeypatch.setattr(environment, "_defaults", {})


def test_nothing_given_means_the_embedded_servers_on_a_developers_machine(var: Path) -> None:
    found = urls.databases({})

    assert (found["default"]["USER"], found["owner"]["USER"]) == ("safety_app", "safety_owner")
    assert (found["default"]["HOST"], found["default"]["PORT"]) == (str(Places(var).postgres_sockets), "5432")
    assert urls.embedded({})["CELERY_BROKER_URL"].startswith("redis+socket:///")
    assert urls.needed({}) == ("postgres", "valkey")


@pytest.mark.parametrize("missing", REQUIRED)
def test_variable_that_production_needs_is_named_when_it_is_missing(production: None, missing: str) -> None:
    with pytest.raises(EnvironmentRefused) as refusal:
        environment.variables({**COMPLETE, missing: ""})

    assert str(refusal.value).startswith(f"{missing} is not set: ")
    assert str(refusal.value).count(". ") == 0


def test_all_missing_variables_are_named_at_once(production: None) -> None:
    with pytest.raises(
        EnvironmentRefused, match=r"^DATABASE_URL, CELERY_BROKER_URL and DJANGO_SECRET_KEY are not set: "
    ):
        environment.variables({})


def test_environment_goes_before_what_a_developers_machine_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_defaults", {})
    environment.complete_with({**COMPLETE, "CELERY_BROKER_URL": "redis://embedded"})

    found = environment.variables({"CELERY_BROKER_URL": "redis://given", "DATABASE_URL": ""})

    assert found["CELERY_BROKER_URL"] == "redis://given"
    assert found["DATABASE_URL"] == COMPLETE["DATABASE_URL"]


def test_owners_address_without_the_applications_is_refused() -> None:
    with pytest.raises(EnvironmentRefused, match="set without DATABASE_URL"):
        environment.variables({"DATABASE_OWNER_URL": "postgres://boss@h/d"})


def test_database_url_alone_is_the_owners_and_the_application_gets_a_role_beside_it(var: Path) -> None:
    first, second = databases_of(COMPLETE, var=var), databases_of(COMPLETE, var=var)

    assert first["owner"]["USER"] == "boss"
    assert first["default"]["USER"] == "trial_app"
    assert len(first["default"]["PASSWORD"]) >= 32
    assert first == second
    assert [oct(path.stat().st_mode & 0o777) for path in var.glob("app-role-*")] == ["0o600"]
    assert application_role_is_ours(COMPLETE)
    assert urls.needed({"DATABASE_URL": COMPLETE["DATABASE_URL"]}) == ("valkey",)
    assert set(urls.embedded({"DATABASE_URL": COMPLETE["DATABASE_URL"]})) == {"CELERY_BROKER_URL"}


def test_both_addresses_given_are_taken_as_they_are(var: Path) -> None:
    environ = {"DATABASE_URL": "postgres://app@h/d", "DATABASE_OWNER_URL": "postgres://boss@h/d"}

    found = databases_of(environ, var=var)

    assert (found["default"]["USER"], found["owner"]["USER"]) == ("app", "boss")
    assert not application_role_is_ours(environ)
    assert not var.exists()


def test_every_part_of_an_address_is_read() -> None:
    entry = parse("DATABASE_URL", "postgresql://a%40b:p%2Fw@h:5433/d%20b?sslmode=require")

    named = {name: entry[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    assert named == {"USER": "a@b", "PASSWORD": "p/w", "HOST": "h", "PORT": "5433", "NAME": "d b"}
    assert entry["OPTIONS"]["sslmode"] == "require"


def test_address_over_a_socket_names_its_folder_as_an_option() -> None:
    entry = parse("DATABASE_URL", "postgresql://a@/d?host=/run/pg&port=5555")

    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("/run/pg", "5555", "d")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://a@h/d", "must look like postgresql://"),
        ("postgresql://a@h", "must look like postgresql://"),
        ("postgresql://a@h:port/d", "is no address"),
        ("postgresql://a@h:99999/d", "is no address"),
        ("trial", "must look like postgresql://"),
    ],
)
def test_address_that_is_none_is_refused_by_its_variables_name(address: str, sentence: str) -> None:
    with pytest.raises(EnvironmentRefused, match=sentence) as refusal:
        parse("DATABASE_URL", address)

    assert str(refusal.value).startswith("DATABASE_URL ")


def test_only_the_applications_connections_are_pooled(var: Path) -> None:
    found = pooled(urls.databases({}), size=5)

    assert found["default"]["OPTIONS"]["pool"]["max_size"] == 5
    assert "pool" not in found["owner"]["OPTIONS"]


def test_secret_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"

    first, second, other = kept_secret(path), kept_secret(path), kept_secret(path.with_name("other"))

    assert first == second != other
    assert len(first) >= 50  # Django's own measure for a key (security.W009)
    assert (oct(path.stat().st_mode & 0o777), oct(path.parent.stat().st_mode & 0o777)) == ("0o600", "0o700")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_secret_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    kept_secret(path)
    os.chown(path, 65534, 65534)

    with pytest.raises(EnvironmentRefused, match="belongs to another user"):
        kept_secret(path)


@pytest.mark.parametrize("excess", [-1, 0, 1], ids=["below", "at", "above"])
def test_sockets_move_to_a_short_folder_when_their_path_would_not_fit(excess: int) -> None:
    room = LONGEST_SOCKET_PATH - len(f"/run/pg/{POSTGRES_SOCKET}")
    var = Path("/" + "x" * (room - 1 + excess))

    places = Places(var)

    assert (places.run == var / "run") == (excess <= 0)
    assert len(str(places.postgres_sockets / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH
    assert Places(var).run == places.run


def test_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)

    with pytest.raises(ServiceError, match="link"):
        make_private(link)

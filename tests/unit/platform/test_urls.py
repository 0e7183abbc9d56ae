"""Where database and broker are found: what each combination of variables means, and what is refused."""

from pathlib import Path

import pytest

from devserver import urls
from devserver.places import LONGEST_SOCKET_PATH, POSTGRES_SOCKET, Places, ServiceError, make_private


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAFETY_VAR_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


def test_nothing_given_means_the_embedded_servers(var: Path) -> None:
    found = urls.databases({})

    assert (found["default"]["USER"], found["owner"]["USER"]) == ("safety_app", "safety_owner")
    assert found["default"]["HOST"] == str(Places(var).postgres_sockets)
    assert urls.broker_url({}).startswith("redis+socket:///")
    assert urls.needed({}) == ("postgres", "valkey")


def test_database_url_alone_is_the_owners_and_the_application_gets_a_role_beside_it(var: Path) -> None:
    environ = {"DATABASE_URL": "postgresql://boss:secret@db.example:5433/trial"}

    first, second = urls.databases(environ), urls.databases(environ)

    assert first["owner"]["USER"] == "boss"
    assert first["default"]["USER"] == "trial_app"
    assert len(first["default"]["PASSWORD"]) >= 32
    assert first == second
    assert [oct(path.stat().st_mode & 0o777) for path in var.glob("app-role-*")] == ["0o600"]
    assert urls.application_role_is_ours(environ)
    assert urls.needed(environ) == ("valkey",)


def test_both_addresses_given_are_taken_as_they_are(var: Path) -> None:
    environ = {"DATABASE_URL": "postgres://app@h/d", "DATABASE_OWNER_URL": "postgres://boss@h/d"}

    found = urls.databases(environ)

    assert (found["default"]["USER"], found["owner"]["USER"]) == ("app", "boss")
    assert not urls.application_role_is_ours(environ)
    assert not var.exists()


def test_every_part_of_an_address_is_read() -> None:
    entry = urls.parse("DATABASE_URL", "postgresql://a%40b:p%2Fw@h:5433/d%20b?sslmode=require")

    named = {name: entry[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    assert named == {"USER": "a@b", "PASSWORD": "p/w", "HOST": "h", "PORT": "5433", "NAME": "d b"}
    assert entry["OPTIONS"]["sslmode"] == "require"


def test_address_over_a_socket_names_its_folder_as_an_option() -> None:
    entry = urls.parse("DATABASE_URL", "postgresql://a@/d?host=/run/pg&port=5555")

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
    with pytest.raises(ServiceError, match=sentence) as refusal:
        urls.parse("DATABASE_URL", address)

    assert str(refusal.value).startswith("DATABASE_URL ")


def test_owners_address_without_the_applications_is_refused() -> None:
    with pytest.raises(ServiceError, match="set without DATABASE_URL"):
        urls.databases({"DATABASE_OWNER_URL": "postgres://boss@h/d"})


def test_only_the_applications_connections_are_pooled(var: Path) -> None:
    pooled = urls.pooled(urls.databases({}), size=5)

    assert pooled["default"]["OPTIONS"]["pool"]["max_size"] == 5
    assert "pool" not in pooled["owner"]["OPTIONS"]


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

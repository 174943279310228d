"""Which addresses a store may have, and that none of them holds, shows or lets through a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakthrough import settings
from breakthrough.errors import SettingInvalid, TokenMissing
from breakthrough.settings import Settings
from breakthrough.store import Address, Store, address


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("mysql://localhost/x", "mysql"),
        ("store.sqlite", "is not one"),
        ("postgresql://localhost", "names no database"),
        ("postgresql://a.example.org,b.example.org/x", "several servers"),
        ("postgresql+asyncpg://localhost/x", "another driver"),
        ("postgresql://[::1/x", "is not one"),
    ],
)
def test_an_address_of_no_store_is_a_wrong_setting(url: str, words: str) -> None:
    with pytest.raises(SettingInvalid, match=words):
        Store.open(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://breakthrough:hunter2@db.example.org/x",
        "postgresql://breakthrough@db.example.org/x?password=hunter2",
        "postgresql://breakthrough@db.example.org/x?sslmode=require&sslpassword=hunter2",
        "postgresql://:hunter2@localhost/x",
        "postgresql://b:@localhost/x",
    ],
)
def test_a_password_in_the_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingInvalid, match="store_password") as refused:
        address.parse(url)

    assert "hunter2" not in str(refused.value)


def test_an_address_is_taken_apart_and_shown_without_its_options() -> None:
    found = address.parse("postgresql://b@db.example.org:6432/store?sslmode=verify-full&sslrootcert=ca.pem", "hunter2")

    assert found == Address(
        None, "db.example.org", 6432, "b", "store", {"sslmode": "verify-full", "sslrootcert": "ca.pem"}, "hunter2"
    )
    assert str(found) == "postgresql://b@db.example.org:6432/store"


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://b@db.example.org/x", "require"),
        ("postgresql://b@db.example.org/x?sslmode=verify-ca", "verify-ca"),
        ("postgresql://b@192.0.2.7/x", "require"),
        ("postgresql://b@[2001:db8::1]/x", "require"),
        ("postgresql://b@localhost/x", None),
        ("postgresql://b@127.0.0.1/x", None),
        ("postgresql://b@[::1]/x", None),
        ("postgresql://b@/x?host=/run/postgresql", None),
        ("postgresql:///x", None),
    ],
)
def test_a_server_elsewhere_is_spoken_to_over_tls(url: str, mode: str | None) -> None:
    assert address.parse(url).options.get("sslmode") == mode


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_a_connection_that_others_could_read_is_refused(mode: str) -> None:
    with pytest.raises(SettingInvalid, match="without TLS"):
        address.parse(f"postgresql://b@db.example.org/x?sslmode={mode}")

    assert address.parse(f"postgresql://b@127.0.0.1/x?sslmode={mode}").options == {"sslmode": mode}


def _settings(folder: Path, more: str) -> Settings:
    text = "collaborative: absenteeism\nredcap: {url: 'https://redcap.example.org/api/', token: 'env:T'}\n"
    (folder / "breakthrough.yaml").write_text(text + more, encoding="utf-8")
    return settings.load(folder / "breakthrough.yaml")


def test_a_deployments_store_is_a_file_of_its_folder_unless_said_otherwise(tmp_path: Path) -> None:
    assert address.of(_settings(tmp_path, ""), tmp_path, {}).path == tmp_path / "breakthrough.sqlite"
    elsewhere = _settings(tmp_path, "store: sqlite:////var/lib/b/s.sqlite\n")
    assert address.of(elsewhere, tmp_path, {}).path == Path("/var/lib/b/s.sqlite")


def test_a_deployments_password_is_fetched_from_where_it_is_kept(tmp_path: Path) -> None:
    found = _settings(tmp_path, "store: postgresql://b@localhost/x\nstore_password: env:DB\n")

    assert str(address.of(found, tmp_path, {"DB": "hunter2"}).password) == "hunter2"
    with pytest.raises(TokenMissing, match="env:DB"):
        address.of(found, tmp_path, {})


def test_settings_with_a_password_in_the_stores_address_are_refused_by_line(tmp_path: Path) -> None:
    for url in ("postgresql://b:hunter2@localhost/x", "postgresql://b@localhost/x?password=hunter2"):
        with pytest.raises(SettingInvalid, match=r"line 3: 'store' is wrong: the address holds a password") as refused:
            _settings(tmp_path, f"store: {url}\n")
        assert "hunter2" not in str(refused.value)
        assert "store_password" in str(refused.value)

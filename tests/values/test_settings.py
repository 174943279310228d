from __future__ import annotations

from pathlib import Path

import pytest

from breakthrough import settings
from breakthrough.errors import SettingInvalid, TokenMissing

GOOD = """
collaborative: absenteeism
redcap:
  url: https://redcap.example.org/api/
  token: env:REDCAP_TOKEN
mail:
  host: smtp.example.org
  sender: Attendance collaborative <reports@example.org>
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "breakthrough.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_secret_that_this_user_may_not_read_is_named_by_its_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe no text")
    (tmp_path / "token").chmod(0o600)
    with pytest.raises(TokenMissing, match="file:token cannot be read"):
        settings.secret("file:token", tmp_path, {})

    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(TokenMissing, match="file:token cannot be read"):
        settings.secret("file:token", tmp_path, {})


def test_settings_that_this_user_may_not_read_are_not_said_to_be_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path, GOOD)

    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(SettingInvalid, match="cannot be read: Permission denied") as refused:
        settings.load(path)
    assert "UTF-8" not in str(refused.value)


def test_only_documented_keys_are_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="the key 'folder' is not known") as refused:
        settings.load(_write(tmp_path, GOOD + "\nfolder: elsewhere\n"))
    assert "collaborative, mail, redcap" in str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("token: env:REDCAP_TOKEN", "token: 0123456789ABCDEF0123456789ABCDEF", "write where the secret is"),
        ("https://redcap.example.org/api/", "http://redcap.example.org/api/", "in the clear"),
        ("https://redcap.example.org/api/", "http://127.0.0.1.example.org/api/", "in the clear"),
        ("sender:", "sneder:", "Did you mean 'sender'"),
        ("url: https://redcap.example.org/api/", "url: https://redcap.example.org/", "redcap.url"),
    ],
    ids=["a token in the file", "plain http", "a name that only looks like this computer", "misspelt key", "no /api/"],
)
def test_what_would_be_unsafe_or_wrong_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    with pytest.raises(SettingInvalid, match=message) as refused:
        settings.load(_write(tmp_path, GOOD.replace(before, after)))
    assert "0123456789ABCDEF" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/api/", "http://localhost/api/", "http://[::1]:80/api/"])
def test_plain_http_is_allowed_to_this_computer_alone(tmp_path: Path, url: str) -> None:
    settings.load(_write(tmp_path, GOOD.replace("https://redcap.example.org/api/", url)))


def test_a_secret_comes_from_the_environment_a_credential_or_a_private_file(tmp_path: Path) -> None:
    private = tmp_path / "token"
    private.write_text("SECRET\n", encoding="utf-8")
    private.chmod(0o600)
    assert settings.secret("env:TOKEN", tmp_path, {"TOKEN": "SECRET"}) == "SECRET"
    assert settings.secret("file:token", tmp_path, {}) == "SECRET"
    assert settings.secret("cred:token", Path(), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "SECRET"


def test_a_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    open_file = tmp_path / "token"
    open_file.write_text("SECRET", encoding="utf-8")
    open_file.chmod(0o644)
    with pytest.raises(TokenMissing, match="chmod 600") as refused:
        settings.secret("file:token", tmp_path, {})
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("reference", ["env:NOT_SET", "file:nowhere", "cred:nowhere"])
def test_a_reference_that_leads_nowhere_is_named(tmp_path: Path, reference: str) -> None:
    with pytest.raises(TokenMissing, match=reference):
        settings.secret(reference, tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})

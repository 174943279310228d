from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from breakthrough import settings
from breakthrough.errors import SettingInvalid

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
    assert "collaborative, mail, portal, projects, redcap" in str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("env:REDCAP_TOKEN", "env:A123456789ABCDEF0123456789ABCDEF", "write where the secret is"),
        ("token: env:REDCAP_TOKEN", "token: keyring:redcap", "write where the secret is"),
        ("token: env:REDCAP_TOKEN", "token: cred:../shadow", "write where the secret is"),
        ("token: env:REDCAP_TOKEN", "token: 'command:op read \"redcap'", "cannot be split into words"),
        (
            "token: env:REDCAP_TOKEN",
            "token: env:REDCAP_TOKEN\n  timezone: Europe/Londn",
            "Did you mean 'Europe/London'",
        ),
        ("token: env:REDCAP_TOKEN", "token: env:REDCAP_TOKEN\n  every_hours: 0", "redcap.every_hours"),
        ("token: env:REDCAP_TOKEN", "token: 0123456789ABCDEF0123456789ABCDEF", "write where the secret is"),
        ("https://redcap.example.org/api/", "http://redcap.example.org/api/", "in the clear"),
        ("https://redcap.example.org/api/", "http://127.0.0.1.example.org/api/", "in the clear"),
        ("sender:", "sneder:", "Did you mean 'sender'"),
        ("url: https://redcap.example.org/api/", "url: https://redcap.example.org/", "redcap.url"),
    ],
    ids=[
        "a token in place of a variable's name",
        "a keyring without a user",
        "a credential elsewhere",
        "a command with a quote too many",
        "a zone that is none",
        "a cadence of nothing",
        "a token in the file",
        "plain http",
        "a name that only looks like this computer",
        "misspelt key",
        "no /api/",
    ],
)
def test_what_would_be_unsafe_or_wrong_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    with pytest.raises(SettingInvalid, match=message) as refused:
        settings.load(_write(tmp_path, GOOD.replace(before, after)))
    assert "0123456789ABCDEF" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/api/", "http://localhost/api/", "http://[::1]:80/api/"])
def test_plain_http_is_allowed_to_this_computer_alone(tmp_path: Path, url: str) -> None:
    settings.load(_write(tmp_path, GOOD.replace("https://redcap.example.org/api/", url)))


AUDIT = """
projects:
  audit:
    url: https://audit.example.org/api/
    token: cred:audit
    timezone: Europe/London
    ca_bundle: ca.pem
    pause: 2
    every_hours: 6
"""


def test_the_collaboratives_own_project_is_main_and_others_are_named(tmp_path: Path) -> None:
    found = settings.load(_write(tmp_path, GOOD + AUDIT)).redcap_projects()

    assert list(found) == ["main", "audit"]
    assert (found["main"].url, found["main"].token) == ("https://redcap.example.org/api/", "env:REDCAP_TOKEN")
    assert found["audit"] == settings.Redcap(
        url="https://audit.example.org/api/",
        token="cred:audit",
        timezone="Europe/London",
        ca_bundle="ca.pem",
        pause=2,
        every_hours=6,
    )


def test_one_project_alone_needs_no_more_than_before(tmp_path: Path) -> None:
    found = settings.load(_write(tmp_path, GOOD))

    assert found.redcap_projects() == {"main": found.redcap}
    assert (found.redcap.every_hours, found.redcap.pause, found.redcap.timezone) == (24, 1.0, "UTC")


def test_an_identifier_is_listed_with_the_reason_for_which_it_is_pulled(tmp_path: Path) -> None:
    audit = f"{AUDIT}    identifiers:\n      born: ages are counted in years\n"
    found = settings.load(_write(tmp_path, GOOD + audit)).redcap_projects()

    assert (found["main"].identifiers, found["audit"].identifiers) == ({}, {"born": "ages are counted in years"})
    with pytest.raises(SettingInvalid, match=r"line 19: 'projects.audit.identifiers.born' is wrong"):
        settings.load(_write(tmp_path, GOOD + audit.replace("ages are counted in years", "why not")))


def test_main_may_stand_among_the_others(tmp_path: Path) -> None:
    own = GOOD.replace("redcap:\n  url", "projects:\n main:\n  url")
    found = settings.load(_write(tmp_path, own))

    assert found.redcap.token == "env:REDCAP_TOKEN"
    assert found.redcap_projects() == {"main": found.redcap}


SAME = AUDIT.replace("https://audit.example.org/api/", "https://redcap.example.org/api/").replace(
    "cred:audit", "env:REDCAP_TOKEN"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + AUDIT.replace("audit:", "main:"), "line 11: the project 'main' stands under 'redcap', too"),
        ("collaborative: absenteeism\n" + AUDIT, "breakthrough.yaml: 'redcap' is missing"),
        (GOOD + AUDIT.replace("audit:", "Audit 2:"), "line 11: 'Audit 2' cannot be a project's name"),
        (
            GOOD + AUDIT.replace("token:", "tokne:"),
            "line 13: the key 'projects.audit.tokne' is not known. Did you mean",
        ),
        (GOOD + AUDIT.replace("https:", "http:"), "line 12: 'projects.audit.url' is wrong: it begins with http://"),
        (GOOD + SAME, "line 13: 'main' has the same token"),
    ],
    ids=["main twice", "no main", "a name that is none", "a misspelt key", "plain http", "one token for two"],
)
def test_a_mistake_among_the_projects_is_found_on_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        settings.load(_write(tmp_path, text))
    assert message in str(refused.value)


BACK = "  write_back: {files: html}\n"
WRITER = "  write_token: cred:write\n"


def _redcap(lines: str) -> str:
    return GOOD.replace("  token: env:REDCAP_TOKEN\n", f"  token: env:REDCAP_TOKEN\n{lines}")


def test_nothing_goes_back_into_redcap_by_itself_and_what_is_asked_for_has_a_token_of_its_own(tmp_path: Path) -> None:
    by_itself = settings.load(_write(tmp_path, GOOD)).redcap.write_back
    assert (by_itself.kinds, by_itself.folder, by_itself.log) == ((), "Progress reports", False)
    asked = settings.load(_write(tmp_path, _redcap(WRITER + "  write_back: {files: both, log: true}\n"))).redcap
    assert (asked.write_token, asked.write_back.kinds, asked.write_back.log) == ("cred:write", ("html", "pdf"), True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_redcap(BACK), "line 6: reports are to go back into REDCap, and 'write_token' is not set"),
        (_redcap("  write_back: {log: true}\n"), "The worker's token is never used for that"),
        (_redcap(BACK + "  write_token: env:REDCAP_TOKEN\n"), "line 7: it is the same as 'token' or 'deploy_token'"),
        (GOOD + AUDIT + "  " + BACK, "'write_back' there"),
        (_redcap(WRITER + "  write_back: {folder: 'a/b'}\n"), "line 7"),
    ],
    ids=["no token", "no token for the log", "the worker's token", "another project", "a folder within a folder"],
)
def test_writing_back_that_is_set_wrong_is_refused_on_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        settings.load(_write(tmp_path, text))
    assert message in str(refused.value)


def test_a_token_written_into_the_file_is_in_no_error_nor_in_its_cause(tmp_path: Path) -> None:
    token = "0123456789ABCDEF" * 2
    path = _write(tmp_path, GOOD.replace("env:REDCAP_TOKEN", token))
    with pytest.raises(SettingInvalid) as refused:
        settings.load(path)
    assert token not in "".join(traceback.format_exception(refused.value))

"""Where secrets are kept, and that what fetches them shows them to nobody."""

from __future__ import annotations

import copy
import os
import pickle
import shlex
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough import settings
from breakthrough.errors import TokenMissing
from breakthrough.settings import secrets
from breakthrough.settings.secrets import Secret, checked

TOKEN = "9A59B7DE35E3DE5A3D9F0B1C2D3E4F50"
ENVIRONMENT = {"PATH": os.environ["PATH"]}


def _kept(folder: Path, text: str | bytes, mode: int = 0o600, name: str = "token") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def _refused(reference: str, folder: Path, environment: dict[str, str] | None = None) -> str:
    """What is said when the secret cannot be had; also that no part of the error holds it."""
    with pytest.raises(TokenMissing) as caught:
        settings.secret(reference, folder, ENVIRONMENT if environment is None else environment)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    own = [frame for frame in shown.stack if frame.filename == secrets.__file__]
    assert own
    assert "SECRET" not in "".join(shown.format_exception_only())
    assert caught.value.__cause__ is None
    return str(caught.value)


# --- environment, credential, file --------------------------------------------------------------------------------------


def test_a_secret_comes_from_the_environment_a_credential_or_a_private_file(tmp_path: Path) -> None:
    _kept(tmp_path, "\ufeffSECRET \r\n")

    assert settings.secret("env:TOKEN", tmp_path, {"TOKEN": "SECRET"}) == "SECRET"
    assert settings.secret("file:token", tmp_path, {}) == "SECRET"
    assert settings.secret(f"file:{tmp_path}/token", Path("elsewhere"), {}) == "SECRET"
    assert settings.secret("cred:token", Path(), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "SECRET"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_can_use_is_not_used(tmp_path: Path, mode: int) -> None:
    _kept(tmp_path, "SECRET", mode)
    assert "chmod 600" in _refused("file:token", tmp_path)


def test_a_file_of_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _kept(tmp_path, "SECRET")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert "belongs to another user" in _refused("file:token", tmp_path)


def test_a_link_is_followed_and_what_it_leads_to_is_judged(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(_kept(tmp_path, "SECRET"))
    assert settings.secret("file:link", tmp_path, {}) == "SECRET"

    (tmp_path / "token").chmod(0o644)
    assert "chmod 600" in _refused("file:link", tmp_path)

    (tmp_path / "token").unlink()
    assert "is not a file" in _refused("file:link", tmp_path)


def test_a_folder_a_pipe_and_a_file_within_a_file_are_no_places_for_a_secret(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe", 0o600)
    _kept(tmp_path, "SECRET")
    begun = time.monotonic()

    assert "is a folder" in _refused("file:folder", tmp_path)
    assert "no ordinary file" in _refused("file:pipe", tmp_path)
    assert "is not a file" in _refused("file:token/below", tmp_path)
    assert time.monotonic() - begun < 5  # nobody ever writes to the pipe


def test_a_file_that_is_no_text_is_not_shown(tmp_path: Path) -> None:
    _kept(tmp_path, b"\xff\xfeSECRET")
    assert "not UTF-8 text" in _refused("file:token", tmp_path)


def test_a_file_that_this_user_may_not_read_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    assert "Permission denied" in _refused("file:token", tmp_path)


def test_a_credential_is_systemds_to_guard_and_is_looked_for_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _kept(tmp_path, "SECRET", 0o440)
    monkeypatch.chdir(tmp_path)

    assert settings.secret("cred:token", tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "SECRET"
    assert "LoadCredentialEncrypted=token" in _refused("cred:token", tmp_path, {})
    assert "LoadCredentialEncrypted=token" in _refused("cred:token", tmp_path, {"CREDENTIALS_DIRECTORY": ""})


@pytest.mark.parametrize("reference", ["env:NOT_SET", "file:nowhere", "cred:nowhere"])
def test_a_reference_that_leads_nowhere_is_named(tmp_path: Path, reference: str) -> None:
    assert reference in _refused(reference, tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})


@pytest.mark.parametrize("reference", ["env:BLANK", "file:blank", "cred:blank", "command:echo"])
def test_a_blank_is_no_secret(tmp_path: Path, reference: str) -> None:
    _kept(tmp_path, " \n", name="blank")
    environment = ENVIRONMENT | {"BLANK": "  ", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert "There is no secret at" in _refused(reference, tmp_path, environment)


# --- a program ----------------------------------------------------------------------------------------------------------


def _program(code: str) -> str:
    return f"command:{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def test_a_program_tells_the_secret_in_the_first_line_it_prints(tmp_path: Path) -> None:
    assert settings.secret(_program("print('SECRET'); print('and more')"), tmp_path, ENVIRONMENT) == "SECRET"


def test_a_program_runs_in_the_deployments_folder_with_its_environment_and_no_input(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd(), os.environ['VAULT'], repr(sys.stdin.read()), sep='|')"
    told = settings.secret(_program(code), tmp_path, ENVIRONMENT | {"VAULT": "https://vault.example.org"})
    assert told == f"{tmp_path.resolve()}|https://vault.example.org|''"


def test_no_shell_reads_the_words(tmp_path: Path) -> None:
    assert settings.secret("command:echo $HOME; `id` > 'a b'", tmp_path, ENVIRONMENT) == "$HOME; `id` > a b"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["print('SECRET'); exit(3)", "import sys; print('SECRET', file=sys.stderr); exit(3)"])
def test_what_a_program_prints_before_it_fails_is_not_shown(
    tmp_path: Path, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    told = _refused(_program(code.replace("SECRET", "SEC' + 'RET")), tmp_path)
    assert "failed (exit code 3)" in told
    assert "SECRET" not in "".join(capfd.readouterr())


def test_a_program_that_never_ends_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_PATIENCE", 0.5)
    child = "import time; time.sleep(1.5); open('alive', 'w')"
    code = (
        f"import subprocess, sys; print('SEC' + 'RET', flush=True); subprocess.run([sys.executable, '-c', {child!r}])"
    )

    told = _refused(_program(code), tmp_path)

    assert "did not end within 0.5 seconds" in told
    time.sleep(1.5)
    assert not (tmp_path / "alive").exists()


def test_a_program_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    assert "could not be started (No such file or directory)" in _refused("command:no-such-program", tmp_path)


def test_a_program_that_prints_no_text_is_not_shown(tmp_path: Path) -> None:
    code = r"import sys; sys.stdout.buffer.write(b'\xff\xfeSEC' + b'RET')"
    assert "no UTF-8 text" in _refused(_program(code), tmp_path)


# --- keyring ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ring() -> Iterator[dict[tuple[str, str], str]]:
    """A keyring in memory, in place of the session's."""
    keyring = pytest.importorskip("keyring", reason="KEYRING ABSENT: that secrets come from one was NOT tested")
    backend = pytest.importorskip("keyring.backend")
    held: dict[tuple[str, str], str] = {}

    class Ring(backend.KeyringBackend):  # type: ignore[misc,name-defined]
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            if service == "locked":
                raise keyring.errors.KeyringLocked("SECRET")
            return held.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            held[service, username] = password

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    yield held
    keyring.set_keyring(before)


def test_a_secret_comes_from_a_keyring(tmp_path: Path, ring: dict[tuple[str, str], str]) -> None:
    ring["redcap", "a/b"] = "SECRET"

    assert settings.secret("keyring:redcap/a/b", tmp_path, {}) == "SECRET"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("keyring:redcap/nobody", "keyring set 'redcap' 'nobody'"),
        ("keyring:locked/me", "Unlock it"),
    ],
)
@pytest.mark.usefixtures("ring")
def test_a_keyring_that_gives_nothing_out_is_told_apart(tmp_path: Path, reference: str, words: str) -> None:
    assert words in _refused(reference, tmp_path)


@pytest.mark.usefixtures("ring")
def test_a_session_without_a_keyring_is_told_where_else_secrets_can_be(tmp_path: Path) -> None:
    sys.modules["keyring"].set_keyring(pytest.importorskip("keyring.backends.fail").Keyring())
    assert "file:PATH" in _refused("keyring:redcap/me", tmp_path)


def test_where_no_keyring_can_be_opened_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "pip install 'redcap-breakthrough[keyring]'" in _refused("keyring:redcap/me", tmp_path)


# --- tokens -------------------------------------------------------------------------------------------------------------


def test_a_token_is_one_of_thirty_two_characters() -> None:
    assert settings.token("env:T", Path(), {"T": f" {TOKEN}\n"}) == TOKEN
    assert settings.token("env:T", Path(), {"T": TOKEN.lower()}) == TOKEN.lower()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (TOKEN[:-1], "this has 31"),
        (TOKEN + "0", "this has 33"),
        (TOKEN[:-1] + "G", "0-9 and A-F"),
        (f"{TOKEN[:16]}\n{TOKEN[16:-1]}", "0-9 and A-F"),
        (TOKEN * 2, "super token"),
    ],
)
def test_what_is_no_projects_token_is_refused_without_being_shown(wrong: str, words: str) -> None:
    with pytest.raises(TokenMissing, match=words) as caught:
        settings.token("env:T", Path(), {"T": wrong})
    shown = "".join(traceback.format_exception(caught.value))
    assert "env:T" in shown
    assert wrong not in shown
    assert wrong[:16] not in shown


@given(text=st.text(alphabet="0123456789abcdefABCDEF xyz\n:/", min_size=0, max_size=70))
def test_no_reference_is_repeated_when_it_is_refused(text: str) -> None:
    try:
        assert checked(text) == text
    except ValueError as refused:
        assert len(text) < 8 or text not in str(refused)  # noqa: PT017


# --- a secret shows itself nowhere --------------------------------------------------------------------------------------


def test_a_secret_is_a_text_that_shows_itself_nowhere() -> None:
    secret = Secret("SECRET")

    assert secret == "SECRET"
    assert secret.encode() == b"SECRET"
    assert len(secret) == 6
    assert repr(secret) == f"{secret}" == f"{secret:>10}" == "<secret>"
    assert repr({"token": [secret]}) == "{'token': [<secret>]}"
    assert copy.copy(secret) is copy.deepcopy(secret) is secret
    assert "SECRET" not in repr(vars(copy.deepcopy(_Holder(secret))))


class _Holder:
    def __init__(self, secret: Secret) -> None:
        self.secret = secret


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_be_stored_or_sent_to_another_process(protocol: int) -> None:
    with pytest.raises(TypeError, match="by its reference") as caught:
        pickle.dumps({"token": Secret("SECRET")}, protocol)
    assert "SECRET" not in str(caught.value)


# --- a super token, and the token of a project to come --------------------------------------------------------------------


def test_a_super_token_is_taken_where_it_is_asked_for_and_nowhere_else(tmp_path: Path) -> None:
    long = "0123456789ABCDEF" * 4
    _kept(tmp_path, long, name="super")
    _kept(tmp_path, TOKEN, name="own")
    assert settings.super_token("file:super", tmp_path, {}) == long
    with pytest.raises(TokenMissing, match="is not used: a super token has 64 characters") as refused:
        settings.super_token("file:own", tmp_path, {})
    assert TOKEN not in str(refused.value)
    with pytest.raises(TokenMissing, match="super token"):
        settings.token("file:super", tmp_path, {})


def test_a_new_token_goes_into_a_new_file_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    with settings.kept("file:secrets/deploy.token", tmp_path) as keep:
        path = keep(Secret(TOKEN))
    assert path == tmp_path / "secrets" / "deploy.token"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert settings.token("file:secrets/deploy.token", tmp_path, {}) == TOKEN


def test_where_no_token_came_no_file_is_left(tmp_path: Path) -> None:
    with pytest.raises(KeyError), settings.kept("file:deploy.token", tmp_path):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_token_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    _kept(tmp_path, TOKEN, name="deploy.token")
    with pytest.raises(TokenMissing, match="There is a token already"), settings.kept("file:deploy.token", tmp_path):
        raise AssertionError("must not be reached")
    assert settings.token("file:deploy.token", tmp_path, {}) == TOKEN


@pytest.mark.parametrize("reference", ["env:TOKEN", "keyring:redcap/mary", "command:pass show redcap"])
def test_a_new_token_goes_into_a_file_only(tmp_path: Path, reference: str) -> None:
    with pytest.raises(TokenMissing, match="only to a file"), settings.kept(reference, tmp_path):
        raise AssertionError("must not be reached")

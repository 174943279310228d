"""Fetches a secret from where it is kept. It is read when it is needed, and stands in no settings, text or message."""

from __future__ import annotations

import os
import re
import shlex
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, Self, SupportsIndex

from pydantic import AfterValidator

from breakthrough.errors import TokenMissing

KEEPERS = {
    "cred": re.compile(r"(?!\.{1,2}$)[^/\\]+"),  # a systemd credential: a plain file name
    "file": re.compile(r".+"),
    "keyring": re.compile(r"[^/]+/.+"),  # SERVICE/USER
    "command": re.compile(r".+"),
    "env": re.compile(r"[A-Za-z_]\w*", re.ASCII),
}
_TOKEN = re.compile(r"[0-9A-Fa-f]{32}(?:[0-9A-Fa-f]{32})?")
_PATIENCE = 30.0  # seconds that a command may take: some ask a server
_LONGEST = 65_536  # bytes of a file: far more than any secret


class Secret(str):
    """A text that shows itself nowhere by accident: not in a repr, in a traceback's locals or in a pickle."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"

    def __format__(self, how: str) -> str:
        return "<secret>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a secret is not to be stored or sent to another process: fetch it there by its reference")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def checked(reference: str) -> str:
    """The reference itself. ValueError where it is none, which does not repeat it: it may be the secret itself."""
    kind, _, place = reference.partition(":")
    form = KEEPERS.get(kind)
    mistaken = kind != "command" and _TOKEN.fullmatch(place.strip())  # the secret itself, where its name belongs
    if form is None or not form.fullmatch(place) or mistaken:
        raise ValueError(
            "write where the secret is, not the secret: cred:NAME, file:PATH, keyring:SERVICE/USER, command:PROGRAM or "
            "env:NAME"
        )
    if kind == "command":
        try:
            words = shlex.split(place)
        except ValueError:
            words = []
        if not words:
            raise ValueError("the command after command: cannot be split into words. Check its quotes.")
    return reference


Reference = Annotated[str, AfterValidator(checked)]  # where a secret is kept, in settings


def secret(reference: str, folder: Path, environment: Mapping[str, str]) -> Secret:
    """The secret that a reference leads to. Raises TokenMissing, naming the reference alone.

    `cred:NAME` reads a systemd credential, `file:PATH` a file that only its owner may read, `keyring:SERVICE/USER` the
    keyring of this session, `command:PROGRAM …` the first line that a program prints, `env:NAME` the environment.
    A relative path is taken from `folder`; a program runs there, with `environment`.
    """
    kind, _, place = reference.partition(":")
    if kind == "cred":
        found = _credential(place, environment)
    elif kind == "file":
        found = _file(folder / place, reference, private=True)
    elif kind == "keyring":
        found = _keyring(place, reference)
    elif kind == "command":
        found = _command(shlex.split(place), reference, folder, environment)
    else:
        found = environment.get(place, "")
    if not found.strip():
        why = f"The environment variable {place} is not set" if kind == "env" else "What was found there is blank"
        raise TokenMissing(f"There is no secret at {reference}. {why}. Put the secret there, or correct the reference.")
    return Secret(found.strip())


def token(reference: str, folder: Path, environment: Mapping[str, str]) -> Secret:
    """The REDCap token that a reference leads to. Raises TokenMissing, also where what is there is no project's token.

    A super token, which can create projects, is refused too: what a project needs is not to be done with it.
    """
    found = secret(reference, folder, environment)
    if wrong := malformed(found):
        raise TokenMissing(f"What is kept at {reference} is not used: {wrong}")
    return found


def super_token(reference: str, folder: Path, environment: Mapping[str, str]) -> Secret:
    """The super token that a reference leads to. Raises TokenMissing, also where what is there is none."""
    found = secret(reference, folder, environment)
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", found):
        raise TokenMissing(
            f"What is kept at {reference} is not used: a super token has 64 characters of 0-9 and A-F; this has "
            f"{len(found)}. Copy it again from REDCap's API page; the token of a project cannot create another."
        )
    return found


@contextmanager
def kept(reference: str, folder: Path) -> Iterator[Callable[[Secret], Path]]:
    """A function that writes a secret into the new file that `file:PATH` names, readable by its owner alone.

    The file is made before the secret is there to be lost, and goes again where none came. Raises TokenMissing where
    the reference names no file, or one that is there already: no secret is written over another.
    """
    path = _vacant(reference, folder)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def write(found: Secret) -> Path:
        os.write(opened, f"{str.__str__(found)}\n".encode())
        os.fsync(opened)
        return path

    try:
        yield write
    finally:
        blank = os.fstat(opened).st_size == 0
        os.close(opened)
        if blank:
            path.unlink(missing_ok=True)


def _vacant(reference: str, folder: Path) -> Path:
    """The path of a file that is not there yet, for a secret to come. Raises TokenMissing as `kept` does."""
    kind, _, place = reference.partition(":")
    if kind != "file":
        raise TokenMissing(
            f"A new token cannot be written to {reference}, only to a file. Write file:secrets/deploy.token there, or "
            "another path, and try again."
        )
    path = folder / place
    if path.exists() or path.is_symlink():
        raise TokenMissing(
            f"There is a token already: {path}. It is not written over, as it may be the only one to another project. "
            "Move it away, or name another file."
        )
    return path


def malformed(text: str) -> str:
    """What keeps the text from being the token of a project, in a sentence that does not repeat it; '' if nothing."""
    if len(text) == 64:
        return (
            "the REDCap token has 64 characters, so it is a super token, which can create projects and is not accepted "
            "here. Use the 32-character token of a user of this one project."
        )
    if not re.fullmatch(r"[0-9A-Fa-f]{32}", text):
        return (
            f"the REDCap token has not the form of one (32 characters of 0-9 and A-F; this has {len(text)}). Copy it "
            "again from REDCap's API page; mind blanks and line ends."
        )
    return ""


def _credential(name: str, environment: Mapping[str, str]) -> str:
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise TokenMissing(
            f"There are no systemd credentials here, so there is no secret for cred:{name}. Run this as a systemd "
            f"service whose unit has LoadCredentialEncrypted={name}, or name another place."
        )
    # who may read a credential is systemd's care: what it grants by access list looks like a group's permission
    return _file(Path(folder) / name, f"cred:{name}", private=False)


def _file(path: Path, reference: str, *, private: bool) -> str:
    """The text of the file. It is judged once open, so that none can be put in its place in between."""
    try:
        # without O_NONBLOCK a pipe would keep us waiting for whoever writes to it
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise TokenMissing(
            f"The secret {reference} is not there: {path} is not a file. Create it, readable by you alone."
        ) from None
    except OSError as broken:
        raise TokenMissing(
            f"The secret {reference} cannot be read: {path}: {broken.strerror}. Check who owns it and its folders."
        ) from None
    try:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode):
            kind = "a folder" if stat.S_ISDIR(found.st_mode) else "no ordinary file"
            raise TokenMissing(f"The secret {reference} cannot be read: {path} is {kind}. Name a file.")
        if private and os.name == "posix":
            _require_private(found, path, reference)
        content = os.read(opened, _LONGEST)
    finally:
        os.close(opened)
    text = _decoded(content)
    if text is None:
        raise TokenMissing(f"The secret {reference} cannot be read: {path} is not UTF-8 text. Write it again.")
    return text


def _require_private(found: os.stat_result, path: Path, reference: str) -> None:
    if found.st_uid != os.geteuid():
        raise TokenMissing(
            f"The secret {reference} is not used, as {path} belongs to another user, who could exchange it. Make a "
            "file of your own."
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise TokenMissing(f"The secret {reference} can be read by others, so it is not used. Run: chmod 600 {path}")


def _decoded(content: bytes) -> str | None:
    """The text; None where it is none. A UnicodeDecodeError would carry the secret along."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _keyring(place: str, reference: str) -> str:
    service, _, user = place.partition("/")
    try:
        import keyring  # noqa: PLC0415 (an extra: most deployments do without)
        from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415
    except ImportError:
        raise TokenMissing(
            f"The secret {reference} is in a keyring, and the package that opens keyrings is not installed. Run: pip "
            "install 'redcap-breakthrough[keyring]'"
        ) from None
    try:
        found = keyring.get_password(service, user)
    except NoKeyringError:
        raise TokenMissing(
            f"The secret {reference} is in a keyring, and there is none here: a server without a desktop session has "
            "none. Keep the secret in a file (file:PATH) or a systemd credential (cred:NAME) instead."
        ) from None
    except KeyringError as shut:
        raise TokenMissing(
            f"The keyring did not give the secret {reference} out ({type(shut).__name__}). Unlock it and try again."
        ) from None
    if found is None:
        raise TokenMissing(
            f"The keyring has nothing at {reference}. Put it there with: keyring set '{service}' '{user}'"
        )
    return found


def _command(words: list[str], reference: str, folder: Path, environment: Mapping[str, str]) -> str:
    """The first line that the program prints. No shell reads the words; what the program complains of is dropped."""
    try:
        program = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=dict(environment),
            process_group=0 if os.name == "posix" else None,  # so that its own children end with it
        )
    except (OSError, ValueError) as broken:
        why = getattr(broken, "strerror", None) or type(broken).__name__
        raise TokenMissing(
            f"The program that should tell the secret {reference} could not be started ({why}). Check its name; it is "
            "run without a shell."
        ) from None
    with program:
        printed, failure = _heard(program)
    if failure:
        raise TokenMissing(
            f"The program that should tell the secret {reference} {failure}. Run it by hand to see why; what it "
            "printed is not shown here."
        )
    text = _decoded(printed.partition(b"\n")[0])
    if text is None:
        raise TokenMissing(f"The program that should tell the secret {reference} printed no UTF-8 text.")
    return text


def _heard(program: subprocess.Popen[bytes]) -> tuple[bytes, str]:
    """What the program printed, and how it failed; '' if it did not."""
    try:
        printed, _ = program.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        _end(program)
        return b"", f"did not end within {_PATIENCE:g} seconds"
    except BaseException:
        _end(program)
        raise
    if program.returncode:
        return b"", f"failed (exit code {program.returncode})"
    return printed, ""


def _end(program: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(program.pid, signal.SIGKILL)
    else:
        program.kill()

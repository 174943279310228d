"""A maildir as a box of messages that came back, such as a mail server on this computer fills."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from breakthrough.delivery.bounces.notice import MOST
from breakthrough.errors import SettingInvalid

_NEEDS = (
    "It needs the folders new and cur, and this user the right to read and rename in them; under systemd also a line "
    "ReadWritePaths= that names the maildir."
)


@dataclass(frozen=True, slots=True)
class Box:
    """The folder with `new` and `cur` in it."""

    folder: Path

    def unread(self) -> Iterator[tuple[str, bytes]]:
        """Each message without the flag S, by its path in the folder. Raises SettingInvalid where it is no maildir."""
        try:
            names = [
                f"{part}/{path.name}"
                for part in ("new", "cur")
                for path in sorted((self.folder / part).iterdir())
                if "S" not in path.name.partition(":2,")[2]
            ]
            for name in names:
                path = self.folder / name
                if path.is_file():  # another reader may have moved it
                    with path.open("rb") as file:
                        yield name, file.read(MOST)
        except OSError as broken:
            raise SettingInvalid(
                f"mail.bounces.maildir: {self.folder} cannot be read as a maildir ({broken.strerror}), so bounces "
                f"are not seen. {_NEEDS}"
            ) from None

    def done(self, name: str) -> None:
        """Moves it to `cur` with the flag S, as mail programs do with what was read. Raises SettingInvalid."""
        path = self.folder / name
        base, _, flags = path.name.partition(":2,")
        try:
            path.rename(self.folder / "cur" / f"{base}:2,{''.join(sorted({*flags, 'S'}))}")
        except OSError as broken:
            raise SettingInvalid(
                f"mail.bounces.maildir: nothing in {self.folder} can be marked as read ({broken.strerror}), so each "
                f"round reads the same bounce again, and none after it. {_NEEDS}"
            ) from None

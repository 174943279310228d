"""Where the content folders are: a deployment's own files first, the shipped ones second."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from breakthrough.errors import ContentMissing

_HERE = Path(__file__).resolve().parent


def shipped() -> Path:
    """The folder that holds the shipped `instruments/`, `reports/` and `config/`.

    In a checkout that is the repository itself; in an installed wheel, the package's `_content`. Found from
    `__file__`, since an editable install also leaves a stale copy that must not be read.
    """
    checkout = _HERE.parent.parent
    if (checkout / "instruments" / "project.yaml").is_file():
        return checkout
    return _HERE / "_content"


@dataclass(frozen=True, slots=True)
class Content:
    """The search path for content. `deployment` may be None: then only what is shipped is found.

    `program` is the folder of what is shipped; another one in its place when an old report is made again. `without`
    are files of the deployment that are passed over, as they cannot be used: what is shipped takes their place.
    """

    deployment: Path | None = None
    program: Path = field(default_factory=shipped)
    without: frozenset[Path] = frozenset()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders searched, first match wins."""
        return (self.deployment, self.program) if self.deployment else (self.program,)

    def has(self, path: Path) -> bool:
        """Whether that file is there and not passed over."""
        return path not in self.without and path.is_file()

    def passing_over(self, files: Collection[Path]) -> Content:
        """The same without those files of the deployment."""
        return replace(self, without=self.without | frozenset(files))

    def find(self, relative: str) -> Path:
        """The first file of that relative path. Raises ContentMissing, saying where it was looked for."""
        for folder in self.folders:
            if self.has(path := folder / relative):
                return path
        looked = " or ".join(str(folder / relative) for folder in self.folders)
        raise ContentMissing(
            f"The file {relative} is missing. It was looked for at {looked}. Put it back, or reinstall."
        )

    def collaborative(self, name: str) -> Path:
        """The collaborative.yaml of that name, or `name` itself where it is a path to one."""
        given = Path(name)
        if given.suffix in {".yaml", ".yml"}:
            if given.is_file():
                return given
            if self.deployment and (self.deployment / given).is_file():
                return self.deployment / given
        return self.find(f"config/collaboratives/{name}/collaborative.yaml")

    def all(self, folder: str, pattern: str) -> dict[str, Path]:
        """Every file of that folder by name, the deployment's in place of the shipped one of the same name."""
        found: dict[str, Path] = {}
        for root in reversed(self.folders):
            there = (path for path in sorted((root / folder).glob(pattern)) if path not in self.without)
            found.update({path.name: path for path in there})
        return dict(sorted(found.items()))

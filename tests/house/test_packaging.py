from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

KNOWN = {
    ".py",
    ".pyi",
    ".typed",
    ".pot",
    ".sql",
    ".lark",
    ".js",
    ".csv",
    ".yaml",
    ".md",
    ".j2",
    ".css",
    ".txt",
    ".otf",
    ".ttf",
    ".woff2",
    ".yml",
    ".xml",
    ".service",
    ".timer",
    "",
}


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel that an institution would install."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip
    return zipfile.ZipFile(next(place.glob("*.whl")))


def _ours(wheel: zipfile.ZipFile) -> list[PurePosixPath]:
    return [PurePosixPath(name) for name in wheel.namelist() if ".dist-info/" not in name]


def test_one_wheel_holds_both_packages_and_the_content(wheel: zipfile.ZipFile) -> None:
    names = {str(path) for path in _ours(wheel)}
    assert {path.parts[0] for path in _ours(wheel)} == {"breakthrough", "redcap_sandbox"}
    for needed in (
        "breakthrough/cli/__init__.py",
        "breakthrough/store/migrations/versions/v0001_first.py",
        "breakthrough/store/migrations/versions/v0002_trust.py",
        "redcap_sandbox/wire/server.py",
        "breakthrough/_content/instruments/project.yaml",
        "breakthrough/_content/reports/templates/team.html.j2",
        "breakthrough/_content/config/collaboratives/absenteeism/collaborative.yaml",
        "breakthrough/_content/reports/static/fonts/OFL.txt",
    ):
        assert needed in names


def test_nothing_stray_is_in_it(wheel: zipfile.ZipFile) -> None:
    stray = [
        path
        for path in _ours(wheel)
        if path.suffix not in KNOWN or (path.name.startswith(".") and path.name != ".gitignore")
    ]
    assert stray == []
    assert not [path for path in _ours(wheel) if "tests" in path.parts or "__pycache__" in path.parts]


def test_installed_it_finds_its_own_content(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from breakthrough.content import Content\n"
        "from breakthrough import collaborative\n"
        "path = Content().collaborative('absenteeism')\n"
        "assert str(path).startswith(sys.argv[1]), path\n"
        "print(collaborative.load(path).topic)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "attendance"), done.stderr

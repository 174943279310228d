"""The two writers draw the same picture: each chart as SVG in a real browser beside its PNG."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.reporting.charts import gallery
from tests.reporting.draw import likeness
from tests.reporting.draw.likeness import Pixels

from breakthrough.reporting.draw import Scene, png, svg
from breakthrough.reporting.draw.alphabets import FAMILIES, paths
from breakthrough.reporting.draw.text import face

pytestmark = pytest.mark.browser

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_ACROSS = 700  # a column of the page that all charts stand on
_COLUMNS = 4


def _face(family: str, path: Path, weights: str) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    return (
        f"@font-face {{ font-family: '{family}'; font-weight: {weights}; src: url(data:font/opentype;base64,{data}) }}"
    )


def _page(scenes: Mapping[str, Scene]) -> tuple[str, dict[str, tuple[int, int]], int]:
    """All charts on one page with the fonts that the PNGs are drawn with, where each stands, and how high the page is."""
    fonts = [_face("Breakthrough Sans", face(weight).path, str(weight)) for weight in (400, 600)]
    fonts += [_face(family, path, "100 900") for family, path in zip(FAMILIES, paths(), strict=True)]
    stack = ", ".join(f"'{family}'" for family in ("Breakthrough Sans", *FAMILIES))
    down, places, drawn = [0] * _COLUMNS, {}, []
    for name, scene in scenes.items():
        column = down.index(min(down))
        places[name] = (column * _ACROSS, down[column])
        style = f"position: absolute; left: {places[name][0]}px; top: {places[name][1]}px"
        drawn.append(f'<div style="{style}">{svg(scene, title=name, description=name)}</div>')
        down[column] += round(scene.height) + 10
    rules = f"{' '.join(fonts)} body {{ margin: 0 }} svg {{ display: block; font-family: {stack} }}"
    page = f"<!doctype html><meta charset=utf-8><style>{rules}</style><body>{''.join(drawn)}"
    return page, places, max(down)


def _seen(scenes: Mapping[str, Scene], folder: Path) -> dict[str, Pixels]:
    """What the browser shows of each, two pixels to a drawn unit."""
    page, places, high = _page(scenes)
    (folder / "page.html").write_text(page, encoding="utf-8")
    command = [
        str(_CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        "--disable-lcd-text", "--font-render-hinting=none", "--force-color-profile=srgb",
        "--force-device-scale-factor=2", f"--window-size={_ACROSS * _COLUMNS},{high}",
        f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=4000",
        f"--screenshot={folder / 'page.png'}", (folder / "page.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (folder / "page.png").is_file(), done.stderr
    whole = likeness.read((folder / "page.png").read_bytes())
    return {
        name: whole[
            2 * top : 2 * top + round(scenes[name].height * 2), 2 * left : 2 * left + round(scenes[name].width * 2)
        ]
        for name, (left, top) in places.items()
    }


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pixels]:
    if _CHROMIUM is None:
        pytest.skip("CHROMIUM ABSENT: install the Debian package chromium to compare charts with a real browser's")
    return _seen(gallery.scenes(), tmp_path_factory.mktemp("charts"))


@pytest.mark.parametrize("name", sorted(gallery.scenes()))
def test_a_chart_is_the_same_picture_as_svg_and_as_png(shown: dict[str, Pixels], name: str) -> None:
    found = likeness.compared(shown[name], likeness.read(png(gallery.scenes()[name])))
    assert found.same, (
        f"{name}: they differ near {found.x / 2:.0f}, {found.y / 2:.0f} in drawn units ({found.worst:.1f})"
    )

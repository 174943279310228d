"""An institution's logo and accent: in every form of a report, readable by all, or refused with file and line."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from tests.reporting.world import World, world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.reporting import render
from breakthrough.reporting.render import brand, sources

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h20v10H0z" fill="#123456"/></svg>'
ACCENT = 'accent: {light: "#7A1F5C", dark: "#F0A8D0"}\n'


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


def put(folder: Path, text: str, **files: bytes) -> Content:
    room = folder / "reports"
    room.mkdir(exist_ok=True)
    (room / "brand.yaml").write_text(text, encoding="utf-8")
    for name, data in files.items():
        (room / name.replace("_", ".")).write_bytes(data)
    return Content(folder)


def png(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGBA", (width, height), (0x12, 0x34, 0x56, 128)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("name", ["logo.png", "logo.svg"])
def test_a_logo_stands_in_mail_and_page_the_same_with_its_words(here: World, tmp_path: Path, name: str) -> None:
    data = SVG.encode() if name.endswith("svg") else png(800, 200)
    content = put(tmp_path, f"logo: {name}\nalt: Example Trust\n", **{name.replace(".", "_"): data})
    told = render.team(here.team(), content)
    assert told.faults == ()
    logo = told.pictures[0]
    assert logo.cid.startswith("logo@")
    assert f'src="cid:{logo.cid}"' in told.html
    assert re.search(r'<img[^>]*alt="Example Trust"', told.html)
    inside = re.search(r'<img src="data:image/png;base64,([^"]+)"[^>]*alt="Example Trust"', told.page)
    assert inside
    assert base64.b64decode(inside[1]) == logo.png
    with Image.open(BytesIO(logo.png)) as image:
        assert image.mode == "RGB"  # opaque: no mail program's ground shines through
        assert image.size == (2 * logo.width, 2 * logo.height) == (448, 112)
    assert render.team(here.team(), content) == told


def test_an_accent_colours_links_buttons_and_bar_in_light_and_dark_and_no_chart(here: World, tmp_path: Path) -> None:
    told = render.team(here.team(), put(tmp_path, ACCENT))
    assert told.faults == ()
    assert "color:#7A1F5C" in told.html
    assert "a{color:#F0A8D0!important}" in told.html
    assert told.pictures == render.team(here.team(), Content()).pictures


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('accent:\n  light: "#6699CC"\n  dark: "#F0A8D0"\n', 2, "contrast of 2.7 to 1"),
        ('accent:\n  light: "#7A1F5C"\n  dark: "#7A1F5C"\n', 3, "Take a lighter one"),
        ('accent: {light: "red", dark: "#F0A8D0"}\n', 1, "accent.light"),
        ("logo: logo.svg\n", 1, "needs 'alt'"),
        ("logo: ../secret.png\nalt: We\n", 1, "beside brand.yaml"),
        ("alt: We\nlogo: absent.png\n", 2, "cannot be read"),
        ("alt: We\nlogo: broken.png\n", 2, "not a PNG that can be read"),
        ("alt: We\nlogo: outside.svg\n", 2, "reaches outside its file"),
        ("alt: We\nlogo: words.svg\n", 2, "turned into paths"),
        ("alt: We\nlogo: broken.svg\n", 2, "not an SVG that can be drawn"),
        ("alt: We\nlogo: large.png\n", 2, "1,000,001 bytes"),
        ("logos: x\n", 1, "Did you mean 'logo'?"),
    ],
)
def test_a_mark_that_not_all_can_read_is_refused_with_file_and_line_and_the_month_goes_out(
    here: World, tmp_path: Path, text: str, line: int, what: str
) -> None:
    files = {
        "broken_png": b"not one",
        "outside_svg": SVG.replace("<path", '<a href="https://x.org"/><path').encode(),
        "words_svg": SVG.replace("<path", "<text>We</text><path").encode(),
        "broken_svg": b"<svg><",
        "large_png": b"x" * 1_000_001,
    }
    told = render.team(here.team(), put(tmp_path, text, **files))
    (fault,) = told.faults
    assert f"{tmp_path / 'reports/brand.yaml'}, line {line}: " in fault
    assert what in fault
    assert replace(told, faults=()) == render.team(here.team(), Content())


def test_a_logo_is_kept_with_what_a_report_is_made_of(here: World, tmp_path: Path) -> None:
    content = put(tmp_path, "logo: logo.svg\nalt: We\n", logo_svg=SVG.encode())
    with sources.put_out(sources.files(content)) as kept:
        assert render.team(here.team(), kept) == render.team(here.team(), content)


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#FFFFFF", 21.0), ("#767676", "#FFFFFF", 4.54), ("#123456", "#123456", 1.0)]
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert round(brand.contrast(one, other), 2) == round(brand.contrast(other, one), 2) == ratio

"""An institution's own mark: its logo and its accent colours, from `reports/brand.yaml`, without a style sheet."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Annotated, Self

import resvg_py
from markupsafe import Markup
from PIL import Image
from pydantic import Field, model_validator

from breakthrough import configfile
from breakthrough.configfile import Misplaced, Model
from breakthrough.content import Content
from breakthrough.errors import ContentMissing, SettingInvalid
from breakthrough.reporting.values import Picture

FOLDER = "reports"
NAME = f"{FOLDER}/brand.yaml"
KINDS = (".png", ".svg")

_NONE = Markup("")

_WIDE, _HIGH = 280, 56  # CSS pixels, at most
_SCALE = 2
_LARGEST = 1_000_000  # bytes of the file
_PIXELS = 20_000_000
# What an accent is seen on, and what is seen on it (a button's words): light first, then dark.
_GROUNDS = {"light": ("#FFFFFF", "#EEF2F5"), "dark": ("#18212A", "#202B36", "#17212B", "#26323D")}
_ENOUGH = 4.5  # WCAG 2.2, 1.4.3 (AA), for text of any size
_SVG_REFUSED = re.compile(
    rb"<(script|image|text|foreignObject|use|!ENTITY)\b|\b(?:href|src)\s*=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


class _Accent(Model):
    """The colour of links, buttons and the bar on top, on light screens and on dark ones."""

    light: Colour
    dark: Colour

    @model_validator(mode="after")
    def _seen(self) -> Self:
        faults: list[tuple[tuple[str | int, ...], str]] = []
        for mode, colour in (("light", self.light), ("dark", self.dark)):
            worst = min(_GROUNDS[mode], key=lambda ground: contrast(colour, ground))
            if (found := contrast(colour, worst)) < _ENOUGH:
                told = (
                    f"'{colour}' beside {worst} has a contrast of {found:.1f} to 1, and text needs {_ENOUGH} to 1 "
                    f"(WCAG AA) to be read by all. Take a {'darker' if mode == 'light' else 'lighter'} one."
                )
                faults.append(((mode,), told))
        if faults:
            raise Misplaced(faults)
        return self


class _File(Model):
    logo: str | None = None
    alt: Annotated[str, Field(max_length=120)] = ""
    accent: _Accent | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        faults = []
        if self.logo and not self.alt:
            faults.append(
                (("logo",), "a logo needs 'alt': what it says to those who do not see it, such as your name.")
            )
        if self.logo and (Path(self.logo).name != self.logo or Path(self.logo).suffix.lower() not in KINDS):
            faults.append(
                (("logo",), "name a PNG or SVG file that lies beside brand.yaml, without a folder: logo.svg.")
            )
        if faults:
            raise Misplaced(faults)
        return self


@dataclass(frozen=True, slots=True)
class Brand:
    """What stands at the head of every report. `rules` and `dark` are CSS, '' without an accent."""

    logo: Picture | None = None
    rules: Markup = _NONE
    dark: Markup = _NONE

    @property
    def source(self) -> str:
        """The logo inside a page, which asks nobody for anything."""
        return f"data:image/png;base64,{base64.b64encode(self.logo.png).decode()}" if self.logo else ""


def read(content: Content) -> Brand:
    """The deployment's mark; an empty one where it has none. Raises SettingInvalid with file and line."""
    try:
        path = content.find(NAME)
    except ContentMissing:
        return Brand()
    beside = [one for one in path.parent.iterdir() if one.suffix.lower() in KINDS and one.is_file()]
    return _read(path, tuple(sorted((one.name, one.stat().st_mtime_ns) for one in [path, *beside])))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2: 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@lru_cache(maxsize=8)
def _read(path: Path, changed: tuple[tuple[str, int], ...]) -> Brand:  # noqa: ARG001 - changed files are read anew
    told = configfile.read(path, _File)
    logo = None
    if told.logo:
        where = configfile.place(path, ("logo",))
        logo = _picture(path.parent / told.logo, told.alt, where)
    if told.accent is None:
        return Brand(logo)
    light, dark = told.accent.light, told.accent.dark
    return Brand(
        logo,
        Markup(f".bar{{background:{light}}}a{{color:{light}}}.btn{{background:{light}}}\n"),  # noqa: S704 - checked
        Markup(  # noqa: S704 - a colour's pattern has been checked
            f"@media (prefers-color-scheme:dark){{.bar,.btn{{background:{dark}!important}}a{{color:{dark}!important}}"
            ".btn a{color:#17212B!important}.btn2 a{color:#E8EDF1!important}a.word{color:inherit!important}}\n"
        ),
    )


def _picture(path: Path, alt: str, where: str) -> Picture:
    """The logo on white, at twice the size it is shown in: the same bytes for the same file and libraries."""
    try:
        data = path.read_bytes()
    except OSError as absent:
        raise SettingInvalid(f"{where}: the logo {path} cannot be read: {absent.strerror}.") from absent
    if len(data) > _LARGEST:
        raise SettingInvalid(f"{where}: the logo has {len(data):,} bytes. Save it smaller: at most {_LARGEST:,}.")
    if path.suffix.lower() == ".svg":
        data = _drawn(data, where)
    try:
        with Image.open(BytesIO(data), formats=["PNG"]) as opened:
            if opened.width * opened.height > _PIXELS:
                raise SettingInvalid(f"{where}: the logo has {opened.width} × {opened.height} pixels. Save it smaller.")
            image = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise SettingInvalid(f"{where}: the logo {path.name} is not a PNG that can be read. Save it anew.") from wrong
    share = min(_WIDE * _SCALE / image.width, _HIGH * _SCALE / image.height, 1.0)
    size = max(_SCALE, round(image.width * share)), max(_SCALE, round(image.height * share))
    image = image.resize(size, Image.Resampling.LANCZOS)
    ground = Image.new("RGB", size, "#FFFFFF")
    ground.paste(image, mask=image.getchannel("A"))
    out = BytesIO()
    ground.save(out, "PNG", optimize=True)
    png = out.getvalue()
    digest = hashlib.sha256(png).hexdigest()[:16]
    return Picture(f"logo@{digest}.breakthrough", png, round(size[0] / _SCALE), round(size[1] / _SCALE), alt)


def _drawn(data: bytes, where: str) -> bytes:
    """An SVG as PNG, large enough to be made smaller."""
    if found := _SVG_REFUSED.search(data):
        word = found[0].decode(errors="replace").strip("<")
        raise SettingInvalid(
            f"{where}: the logo has '{word}', which is left out of mails or reaches outside its file. Save it with all "
            "words and pictures turned into paths, or as PNG."
        )
    try:
        text = data.decode("utf-8")
        made: bytes = bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True, height=_HIGH * _SCALE * 2))
    except ValueError as wrong:
        raise SettingInvalid(f"{where}: the logo is not an SVG that can be drawn: {wrong}.") from wrong
    return made


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

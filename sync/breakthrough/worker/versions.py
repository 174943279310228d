"""The versions that a report's bytes depend on: this program's, and those of what it is made with."""

from __future__ import annotations

import platform
import zlib
from collections.abc import Mapping
from importlib import metadata

from breakthrough import __version__
from breakthrough.reporting.render import sources

# Each can change a figure, a letter or a pixel.
_LIBRARIES = (
    *("aggdraw", "babel", "css-inline", "fonttools", "jinja2", "lark", "markupsafe", "numpy", "pandas", "pydantic"),
    *("fontpkg-arimo", "fontpkg-noto-sans-arabic", "fontpkg-noto-sans-devanagari", "pillow", "pyyaml", "resvg-py"),
    *("scipy", "statsmodels", "tzdata", "zlib-ng"),
)


def code() -> str:
    """The program's version."""
    return __version__


def libraries() -> Mapping[str, str]:
    """The versions of all others by name, the font of the charts among them."""
    return {
        "python": platform.python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{name: metadata.version(name) for name in _LIBRARIES},
        "chart font": sources.chart_font(),
    }


def changed(before_code: str, before: Mapping[str, str]) -> tuple[str, ...]:
    """What is another version now: `pandas 3.1.1, now 3.2.0`; what is in one of the two alone is told as well."""
    former = {"breakthrough": before_code, **before}
    now = {"breakthrough": code(), **libraries()}
    return tuple(
        f"{name} {former.get(name, 'not there')}, now {now.get(name, 'not there')}"
        for name in dict.fromkeys([*former, *now])
        if former.get(name) != now.get(name)
    )

"""HTML as a tagged PDF for printing and for screen readers, through WeasyPrint: the optional extra `pdf`.

The page is given whole, with its style, font and language inside it; nothing is ever fetched.
"""

from __future__ import annotations

import base64
import re
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from xml.etree.ElementTree import Element

from breakthrough.errors import PaperMissing

FALLBACK = "Arimo"  # letters that the bundled font has not: Greek, Cyrillic, Hebrew
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0")  # what WeasyPrint loads, by the names of Debian and Ubuntu

_UNREAD = frozenset({"style", "script", "title"})
_LONG_WORD = re.compile(r"\S{24}(?=\S{8})")


def pdf(html: str) -> bytes:
    """The page as a PDF: tagged, with the page's title and language; the same bytes for the same page and fonts.

    Only what stands in the page as a `data:` URL is used. Raises PaperMissing where WeasyPrint is not installed.
    """
    engine = _engine()
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    nothing_outside = import_module("weasyprint.urls").URLFetcher(allowed_protocols={"data"})
    letters = engine.CSS(string=_fallback(), font_config=fonts, url_fetcher=nothing_outside)
    page = engine.HTML(string=html, url_fetcher=nothing_outside)
    _break_long_words(page.etree_element)
    made: bytes = page.write_pdf(stylesheets=[letters], font_config=fonts, pdf_tags=True)
    return made


def _break_long_words(page: Element) -> None:
    """Gives words longer than a line places to break at: finding them letter by letter takes the square of a length."""
    for element in page.iter():
        if element.tag not in _UNREAD and element.text:
            element.text = _LONG_WORD.sub("\\g<0>\u200b", element.text)
        if element.tail:
            element.tail = _LONG_WORD.sub("\\g<0>\u200b", element.tail)


def _engine() -> ModuleType:
    """WeasyPrint, loaded only when something is printed: it is optional, and slow to load."""
    try:
        return import_module("weasyprint")
    except ImportError as absent:
        raise PaperMissing(_told(f"{absent}")) from absent
    except OSError as absent:  # Python's part is there, the system's libraries are not
        raise PaperMissing(_told(str(absent).splitlines()[0])) from absent


def _told(reason: str) -> str:
    return (
        f"A PDF cannot be made here, as WeasyPrint cannot be loaded ({reason}). Install the extra: "
        f"pip install 'redcap-breakthrough[pdf]'; and on Debian or Ubuntu: apt-get install {' '.join(PACKAGES)}. "
        "Or leave --pdf out, open the HTML file in a browser and print it to PDF from there."
    )


def _fallback() -> str:
    font = files("fontpkg_arimo").joinpath("files", "Arimo[wght].ttf").read_bytes()
    data = base64.b64encode(font).decode()
    return f"@font-face{{font-family:{FALLBACK};font-weight:400 700;src:url(data:font/ttf;base64,{data})}}"

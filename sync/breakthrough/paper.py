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
_SVG = "{http://www.w3.org/2000/svg}"
_PARTS = {
    "table": "table",
    "thead": "table-header-group",
    "tbody": "table-row-group",
    "tr": "table-row",
    "td": "table-cell",
    "th": "table-cell",
}
_HINTS = {"width": "width", "align": "text-align", "valign": "vertical-align"}  # attributes of old, as CSS
_LONG_WORD = re.compile(r"\S{24}(?=\S{8})")


def require() -> None:
    """Raises PaperMissing, as `pdf` would, where no PDF can be made here."""
    _engine()


def pdf(html: str, fonts: str = "") -> bytes:
    """The page as a PDF: tagged, with the page's title and language; the same bytes for the same page and fonts.

    A table with `role="presentation"` is laid out as one and tagged as none; a drawing is told by its description. Such
    a table's style must stand in its tags, as in a mail. Only what stands in the page as a `data:` URL is used; `fonts`
    are rules that would take long to read in it. Raises PaperMissing where WeasyPrint is not installed.
    """
    engine = _engine()
    known = import_module("weasyprint.text.fonts").FontConfiguration()
    nothing_outside = import_module("weasyprint.urls").URLFetcher(allowed_protocols={"data"})
    letters = engine.CSS(string=_fallback() + fonts, font_config=known, url_fetcher=nothing_outside)
    page = engine.HTML(string=html, url_fetcher=nothing_outside)
    _break_long_words(page.etree_element)
    for table in list(page.etree_element.iter("table")):
        _lay_out(table)
    for drawing in page.etree_element.iter(f"{_SVG}svg"):
        _told_in_full(drawing)
    made: bytes = page.write_pdf(stylesheets=[letters], font_config=known, pdf_tags=True)
    return made


def _break_long_words(page: Element) -> None:
    """Gives words longer than a line places to break at: finding them letter by letter takes the square of a length."""
    for element in page.iter():
        if element.tag not in _UNREAD and element.text:
            element.text = _LONG_WORD.sub("\\g<0>\u200b", element.text)
        if element.tail:
            element.tail = _LONG_WORD.sub("\\g<0>\u200b", element.tail)


def _lay_out(table: Element) -> None:
    """Gives a table's parts their old attributes as style; one that is there for layout alone becomes plain boxes.

    WeasyPrint tags by an element's name, so a screen reader would say "table, row 3" of what is no table.
    """
    boxes, padding = table.get("role") == "presentation", table.get("cellpadding")
    for element in _parts(table):
        # What stands beside a table is aligned, never what stands in it, as browsers have it.
        whole = next(element.iter("table"), None) if element is not table else table
        hints = [f"{css}:{_length(element.get(name, ''))}" for name, css in _HINTS.items() if element.get(name)]
        told = [one for one in hints if whole is None or not one.startswith("text-align")]
        if padding and element.tag in {"td", "th"}:
            told.append(f"padding:{_length(padding)}")
        if boxes:
            told.append(f"display:{_PARTS[element.tag]}")
        if told:
            element.set("style", ";".join([*told, element.get("style", "")]))
    for element in _parts(table) if boxes else ():
        element.tag = "div"


def _parts(table: Element) -> list[Element]:
    """The table, its rows and its cells, and nothing of the tables within them."""
    found = [table]
    for element in found:
        found += [
            one for one in element if one.tag in _PARTS and one.tag != "table" and element.tag not in {"td", "th"}
        ]
    return found


def _length(hint: str) -> str:
    return f"{hint}px" if hint.isdecimal() else hint


def _told_in_full(drawing: Element) -> None:
    """Puts a drawing's description in place of its title, which is all that WeasyPrint takes as alternative text."""
    title, description = drawing.find(f"{_SVG}title"), drawing.find(f"{_SVG}desc")
    if title is not None and description is not None and description.text:
        title.text = description.text


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

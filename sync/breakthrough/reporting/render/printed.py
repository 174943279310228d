"""A report's page on paper: a tagged PDF with title and language. That it conforms to PDF/UA is not claimed."""

from __future__ import annotations

import re
from typing import Literal

import css_inline

from breakthrough import paper

Size = Literal["A4", "Letter"]
SIZES: tuple[Size, ...] = ("A4", "Letter")

_FACES = re.compile(r"@font-face\s*\{[^}]*\}")
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_KEPT = '<style data-css-inline="keep">'


def pdf(page: str, size: Size = "A4") -> bytes:
    """The PDF of a report's page (`Rendered.page`, or one from the archive): the same bytes for the same page.

    Raises PaperMissing where WeasyPrint is not installed.
    """
    return paper.pdf(prepared(page, size), "".join(_FACES.findall(page)))


def prepared(page: str, size: Size = "A4") -> str:
    """The page with its rules in each tag, so that tables that only lay it out can be made into something else.

    What stands in it as a block (for paper, say) stays; its fonts are left out.
    """
    sized = page.replace("</head>", f"{_KEPT}@page{{size:{size}}}</style></head>", 1)
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)
    return inliner.inline(_POLICY.sub("", _FACES.sub("", sized)))

"""Pages that show an instrument as a team will meet it in REDCap, and the codebook: self-contained, nothing is sent.

`pages(book, content, today)` gives each file's name and text; writing them is left to the caller.
"""

from breakthrough.instruments.preview.book import Book
from breakthrough.instruments.preview.render import pages

__all__ = ["Book", "pages"]

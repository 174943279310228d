"""Plain text: paragraphs wrap as the standard library would wrap them."""

from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from breakthrough.reporting.render import layout


@given(
    text=st.text(alphabet="ab-–é   \t\n", max_size=400),
    mark=st.sampled_from([("", ""), ("- ", "  "), ("> ", "> "), ("! ", "  "), ("   ", "   ")]),
)
def test_paragraphs_wrap_as_the_standard_library_wraps_them(text: str, mark: tuple[str, str]) -> None:
    first, others = mark
    expected = textwrap.wrap(
        text,
        72,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert layout.wrap(text, first) == "\n".join(expected)

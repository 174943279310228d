from __future__ import annotations

import pytest

from redcap_sandbox.pdf.labels import paragraphs, stored


@pytest.mark.parametrize(
    ("label", "read"),
    [
        ("Town", ("Town",)),
        ("", ()),
        (" \n ", ()),
        ("<b>Town</b> &amp; <i>country</i>", ("Town & country",)),
        ("One\nTwo", ("One", "Two")),
        ("One<br>Two<br/>Three", ("One", "Two", "Three")),
        ("<p>One</p><p>Two</p>", ("One", "Two")),
        ("<div class='rich-text-field-label'><p>One <strong>word</strong></p></div>", ("One word",)),
        ("<ul><li>One</li>\n<li>Two</li></ul>", ("One", "Two")),
        ('<a href="x"\n target="_blank">Link</a> here', ("Link here",)),  # a line break inside a tag is none
        ("Under 5 < 10 and 7 > 6", ("Under 5 < 10 and 7 > 6",)),
        ("<!-- note\n --> Seen", ("Seen",)),
        ("Before<script>alert('x')</script>After", ("BeforeAfter",)),
        ("One  \t two", ("One two",)),
    ],
)
def test_a_label_is_read_by_paragraphs(label: str, read: tuple[str, ...]) -> None:
    assert paragraphs(label) == read


def test_a_stored_value_keeps_its_lines_and_its_markup() -> None:
    assert stored("First <b>line</b>\r\n\r\n  second\tline ") == ("First <b>line</b>", "second line")

"""What a deployment's template can reach: the values of a report, and nothing behind them, however often it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, Template, TemplateError
from markupsafe import Markup

from breakthrough.content import Content
from breakthrough.reporting.clean import clean
from breakthrough.reporting.parts import Row
from breakthrough.reporting.render import templates


@dataclass(frozen=True)
class _Value:
    name: str
    told: object
    _within: str = "hidden"


def _filled(source: str, value: object) -> str:
    return _compiled(source).render(value=value)


@cache
def _compiled(source: str) -> Template:
    return templates.environment(Content(), html=True).from_string(source)


@pytest.mark.parametrize("asked", ["_within", "__class__", "name.__class__", "name.format.__self__.__class__"])
def test_what_is_behind_a_value_is_refused_also_after_its_fields_were_read(asked: str) -> None:
    value = _Value("Oak", "told")
    assert _filled("{{ value.name }}{{ value.told }}", value) == "Oaktold"
    with pytest.raises(TemplateError):
        _filled(f"{{{{ value.{asked} }}}}", value)


def test_a_format_that_a_field_holds_stays_within_the_sandbox_also_where_the_field_held_text_before() -> None:
    reach: Callable[..., str] = "{0.__class__.__mro__}".format
    assert _filled("{{ value.told }}", _Value("Oak", "told")) == "told"
    with pytest.raises(TemplateError):
        _filled("{{ value.told(value) }}", _Value("Oak", reach))


def test_lists_of_a_report_cannot_be_changed_also_after_they_were_read() -> None:
    assert _filled("{{ value.told.index(1) }}", _Value("Oak", [1])) == "0"
    with pytest.raises(TemplateError):
        _filled("{{ value.told.append(2) }}", _Value("Oak", [1]))


def test_cells_are_cleaned_and_escaped_each_time() -> None:
    row = ("a<b", "\u202eevil", '"')
    for _ in range(2):
        told = _filled("{{ value.told | cells('x\"y') }}", _Value("Oak", row))
        assert told == "".join(f'<td class="x&#34;y">{one}</td>' for one in ("a&lt;b", "evil", "&#34;"))


_PRINTED = (
    "<b title=\"{{ value.told }}\">{{ value.told }}</b>{{ value.told ~ '<i>' }}{{ '<u>' }}"
    "{% autoescape false %}{{ value.told }}{% endautoescape %}{% set again = value.told %}{{ again }}"
    "{% macro twice(one) %}{{ one }}{{ one }}{% endmacro %}{{ twice(value.told) }}{{ value.told | upper }}"
)
_STOCK = Environment(autoescape=True, finalize=lambda one: clean(one) if type(one) is str else one).from_string(
    _PRINTED
)
_HOSTILE = st.text(st.sampled_from("<>&\"'{}%\u202e\u200b ab\u00e9"), max_size=12)


@given(_HOSTILE | _HOSTILE.map(Markup) | st.integers() | st.none() | st.booleans())
def test_what_is_printed_is_what_jinja_prints_of_the_clean_value_and_is_escaped_where_jinja_escapes(
    value: object,
) -> None:
    told = _Value("Oak", value)
    assert _filled(_PRINTED, told) == _STOCK.render(value=told)


@given(_HOSTILE, st.lists(_HOSTILE, max_size=3))
def test_a_line_of_a_table_holds_its_label_and_cells_as_they_are_printed_one_by_one(
    label: str, cells: list[str]
) -> None:
    by_filter = _filled("{{ value.told | lines('x') }}", _Value("Oak", (Row(label, tuple(cells)),)))
    one_by_one = (
        '<tr align="right"><th class="l" scope="row">{{ value.told.label }}</th>'
        '{% for one in value.told.cells %}<td class="x">{{ one }}</td>{% endfor %}</tr>'
    )
    assert by_filter.strip() == _filled(one_by_one, _Value("Oak", Row(label, tuple(cells)))).strip()

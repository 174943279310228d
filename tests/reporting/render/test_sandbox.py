"""What a deployment's template can reach: the values of a report, and nothing behind them, however often it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from jinja2 import TemplateError

from breakthrough.content import Content
from breakthrough.reporting.render import templates


@dataclass(frozen=True)
class _Value:
    name: str
    told: object
    _within: str = "hidden"


def _filled(source: str, value: object) -> str:
    return templates.environment(Content(), html=True).from_string(source).render(value=value)


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

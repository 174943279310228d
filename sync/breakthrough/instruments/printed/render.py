"""The printed tools as HTML: templates, style and font from the content folders, nothing fetched from anywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.english import long_day
from breakthrough.instruments import templates
from breakthrough.instruments.preview import Book
from breakthrough.instruments.preview.markup import seen
from breakthrough.instruments.printed import words
from breakthrough.instruments.printed.blank import Sheet
from breakthrough.instruments.printed.guide import guides
from breakthrough.instruments.printed.poster import posters
from breakthrough.instruments.project import Project
from breakthrough.month import Month

Size = Literal["A4", "Letter"]

_STYLE = "reports/static/printed/printed.css"
_LONGEST_FOOT = 70  # characters of a name at the foot of each page; above, it stands in full
# Each tool's template, the instrument whose fields it has ('' where it has none), and what it is called.
TOOLS: Mapping[str, tuple[str, str]] = {
    "data-guide": ("", "Data guide"),
    "pdsa": ("pdsa_cycle", "PDSA worksheet"),
    "charter": ("team_charter", "Team charter"),
    "storyboard": ("storyboard", "Storyboard"),
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed tool: what its file is called, without its ending, its title, and the page."""

    name: str
    title: str
    html: str


@dataclass(frozen=True)
class Press:
    """Prints one collaborative's tools on one size of paper. `project` should have the instruments of every tier."""

    content: Content
    collaborative: Collaborative
    project: Project
    cases: Mapping[str, Project]
    now: dt.datetime
    size: Size = "A4"

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools that can be printed: those whose instrument the project has."""
        there = {one.name for one in self.project.instruments}
        return tuple(name for name, (instrument, _) in TOOLS.items() if not instrument or instrument in there)

    def tool(self, name: str) -> Printed:
        """One of `tools`. Raises TemplateBroken where a deployment's template cannot be used."""
        instrument, title = TOOLS[name]
        values: dict[str, Any] = {"sheet": self._sheet(instrument, conditions=False)} if instrument else {}
        if name == "data-guide":
            values["guides"] = guides(self.collaborative, self.project, self.cases, self._month)
        if name == "charter":
            values["goals"] = self._goals()
        if name == "storyboard":
            values["charts"] = posters(self.collaborative, self._month)
        return self._made(name, title, name.replace("-", "_"), values)

    def form(self, instrument: str) -> Printed:
        """The blank form of an instrument. Raises KeyError where the project has none of that name."""
        sheet = self._sheet(instrument, conditions=True)
        return self._made(instrument, sheet.instrument.label, "form", {"sheet": sheet})

    def _goals(self) -> Mapping[str, str]:
        """What stands below the question for a team's own goal: the shared one, in fewer words than the form's."""
        shared = {code: words.goal(one, self._month) for code, one in self.collaborative.measures.items()}
        return {
            f"tc_goal_{code}": f"The goal we share: {goal}" if goal else "We share none."
            for code, goal in shared.items()
        }

    @property
    def _month(self) -> Month:
        return Month.of(self.now.date())

    def _sheet(self, instrument: str, *, conditions: bool) -> Sheet:
        book = Book.of(self.project, self.collaborative.name)
        return Sheet(book, self.project.instrument(instrument), self.now, conditions)

    def _made(self, name: str, title: str, template: str, values: Mapping[str, Any]) -> Printed:
        told: dict[str, Any] = {
            "collaborative": self.collaborative,
            "title": title,
            "size": self.size,
            "printed_on": long_day(self.now.date()),
            "style": templates.faces(self.content) + templates.static(self.content, _STYLE),
            "foot": _css_text(f"{_short(self.collaborative.name)} · {_short(title)} · {long_day(self.now.date())}"),
        }
        return Printed(name, title, templates.rendered(self.content, f"printed/{template}.html.j2", {**told, **values}))


def _short(text: str) -> str:
    flat = " ".join(seen(text).split())
    return flat if len(flat) <= _LONGEST_FOOT else f"{flat[:_LONGEST_FOOT].rstrip()}…"


def _css_text(text: str) -> Markup:
    """The text as a string of CSS: every letter that could end it, or the style sheet, as its number."""
    safe = "".join(letter if letter.isalnum() or letter in " ,.-" else f"\\{ord(letter):x} " for letter in text)
    return Markup(f'"{safe}"')  # noqa: S704 - nothing but letters, digits and numbers of letters

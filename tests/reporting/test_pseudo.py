"""No sentence of any report escapes the catalogue: all is said in a language made for this, but what people wrote."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.reporting import given, letters, pseudo
from tests.reporting.ending import coordinated, desk, people, policy, reaped
from tests.reporting.pseudo import outside, plain
from tests.reporting.world import ELSEWHERE, LINKS, MARCH, NAMES, NOW, TODAY, World, folk, world

from breakthrough import language, measures, teams
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content, shipped
from breakthrough.instruments.plan import Plan, Step
from breakthrough.language import speaking
from breakthrough.measures.health import tally
from breakthrough.measures.health.definitions import definitions
from breakthrough.measures.values import Restated, Result
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.desk import Desk
from breakthrough.reporting.draw import Scene
from breakthrough.reporting.draw.text import box
from breakthrough.reporting.parts import Figure
from breakthrough.reporting.render.pictures import figures
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import (
    ChangePackage,
    ClosingReport,
    CoachReport,
    CollaborativeReport,
    CoordinatorReport,
    DriftReport,
    LeaderReport,
    Reader,
    ReturnedReport,
    Story,
    TeamReport,
    change_package,
    closing_report,
    returned_report,
    story,
)
from breakthrough.reporting.views.drift import Change, Found, drift_report
from breakthrough.teams.values import Ask, Portfolio

Report = (
    TeamReport
    | CoachReport
    | LeaderReport
    | CollaborativeReport
    | CoordinatorReport
    | letters.Letter
    | ClosingReport
    | ChangePackage
    | Story
)
MISSING = [("T001", "2026-03"), ("T002", "2026-02"), ("T002", "2026-03")]
LETTERED = ("the label is “Name of the team”", "Absence was 6.9%", "Absence was 8.1%", "Begin with Birch", "All teams together: 7.2%", "June Fairweather", "attendance", "Rachel Ford", "Omar Reid", "Cleo Marsh", "tp_old", "breakthrough outbox release --all", "breakthrough outbox cancel KEY", "breakthrough outbox list --state held", "breakthrough outbox show KEY", "breakthrough status", "schedule", "remove-field:tp_old")  # fmt: skip
SINCE = dt.datetime(2026, 3, 12, 6, tzinfo=dt.UTC)
STEP = Step(
    "change field",
    "tp_name of team_profile",
    "the label is another",
    "loses data",
    "change-field:tp_name",
    names=("tp_name", "team_profile"),
)
BY_HAND = Step(
    "move user", "lou out of T001", "in the group T001", "review", "move-user:lou", by_hand=True, names=("lou", "T001")
)


@dataclasses.dataclass(frozen=True)
class Said:
    """Reports in such a language, as data and rendered, with the data that people wrote, and what was asked for."""

    reports: dict[str, Report]
    rendered: dict[str, Rendered]
    data: list[str]
    asked: set[tuple[str | None, str]]


@pytest.fixture(scope="module")
def said(absenteeism: Collaborative, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """The reports of worlds with and without gaps, by each rule set; the content has the language as its own."""
    folder = tmp_path_factory.mktemp("deployment")
    speech, ear = pseudo.heard(folder / "reports" / "wording")
    content = Content(folder)
    reports: dict[str, Report] = {}
    data: list[str] = []
    with speaking(speech):
        for rules in ("anhoej", "ihi", "nhs"):
            for gaps in ([], MISSING):
                made = flagged(absenteeism.model_copy(update={"rules": rules}), gaps)
                name = f"{rules} {'gaps' if gaps else 'full'}"
                reports |= {f"{name} {key}": one for key, one in _reports(made)}
                data += pseudo.by_people(made.collaborative, made.portfolio)
                data += [ELSEWHERE, *(one.label for code in NAMES if (of := made.peers(code)) for one in of.others)]
        reports |= dict(_last(absenteeism))
        data += pseudo.by_people(
            absenteeism,
            people(),
            [one for driver in absenteeism.drivers for one in (" · ".join(driver.secondary), *driver.secondary)],
            [
                "attendance-2025-09",
                "breakthrough plan",
                "breakthrough outbox list",
                "audit",
                "main",
                "77",
                "tp_name",
                "sd_abs",
                "line 3: wrong",
            ],
        )
        reports |= {f"drift {at}": one for at, one in enumerate(_drifts(absenteeism))}
        reports["returned"] = _returned(absenteeism)
        reports |= dict(letters.letters(absenteeism))
        data += ["Name of the team", "12 records hold a value", "It did not answer.", *LETTERED]
        data += pseudo.by_people(
            absenteeism,
            STEP,
            BY_HAND,
            [
                STEP.part,
                BY_HAND.part,
                "team_profile",
                "T001",
                "Ours",
                "Edit field",
                "lou",
                "breakthrough plan",
                "breakthrough deploy",
            ],
        )
        data += _broken(absenteeism)
        data += [told for text in data for told in (text.upper(), text.capitalize())]
        rendered = {key: _rendered(one, content) for key, one in reports.items()}
    return Said(reports, rendered, sorted(set(data), key=len, reverse=True), ear.asked)


def _broken(collaborative: Collaborative) -> list[str]:
    """The words that the driver diagram breaks into lines, each by itself: titles, secondary drivers, ideas, the aim."""
    texts = [collaborative.aim.statement]
    for driver in collaborative.drivers:
        texts += [driver.code, driver.title, *driver.secondary, *(idea.title for idea in driver.ideas)]
    return [word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)]


def flagged(collaborative: Collaborative, gaps: list[tuple[str, str]], people: Portfolio | None = None) -> World:
    """The world with the flags that its own figures and work raise."""
    people = people or folk()
    asks = (*people.asks, Ask("T001", MARCH, given.text("More time"), "coach", dt.date(2026, 3, 1)))
    people = dataclasses.replace(people, asks=asks)
    made = world(collaborative, people, gaps)
    found = teams.flags(people, made.frame, made.charts, made.doubts, collaborative, MARCH, TODAY)
    return dataclasses.replace(made, flags=found)


def _reports(made: World) -> Iterator[tuple[str, Report]]:
    late = Restated("T001", "ca_day", Month("2026-01"), Result("missing", None, None, None), _result(41), SINCE)
    more = Restated("T001", "ca_gap", Month("2025-12"), _result(40), _result(41), None)
    blocked = [measures.Blocked("ca_gap", ())]
    for code in ("T001", "T002"):
        yield f"leader {code}", made.leader(code)
        yield code, made.team(code, restated=[late, more] if code == "T001" else [], blocked=blocked)
    yield "whole", made.whole()
    yield "c1", made.coach("c1", restated=[late, more], blocked=blocked)


def _last(collaborative: Collaborative) -> Iterator[tuple[str, Report]]:
    """The coordinator's report and the documents of the end."""
    for gaps in ([], MISSING):
        made = flagged(collaborative, gaps, people())
        yield (
            f"coordinator {len(gaps)}",
            coordinated(
                made,
                desk=_counting(collaborative),
                wrong=["line 3: wrong"] if gaps else [],
                blocked=[measures.Blocked("ca_gap", ())],
            ),
        )
    for names in ("coded", "none"):
        of = reaped(policy(collaborative, names))
        yield f"closing {names}", closing_report(of)
        yield f"package {names}", change_package(of)
    yield "story", story(of, "T001")


def _counting(collaborative: Collaborative) -> Desk:
    """The coordinator's desk with a health measure in each unit."""
    known, of = definitions(collaborative), desk(collaborative)
    assert {one.unit for one in known.values()} == {"%", " per team", " days"}
    more = (tally(known[code], MARCH, part, 3) for code, part in (("h_pdsa", 7.5), ("h_turn", 48)))
    return dataclasses.replace(of, health=(*of.health, *more))


def _result(counted: int) -> Result:
    return Result("reported", counted, 230, 100 * counted / 230)


def _drifts(collaborative: Collaborative) -> Iterator[DriftReport]:
    change = Change(dt.datetime(2026, 3, 17, 9, 14), "lou", "Edit field")  # noqa: DTZ001 - by the server's clock
    for steps, changes, deployed in (
        ((STEP, BY_HAND), (change,), True),
        ((BY_HAND,), (), False),
        ((STEP,) * 45, None, False),
        ((STEP,), (change,) * 20, True),
    ):
        found = Found("main", "Ours", Plan(steps, ()), changes, dt.date(2026, 2, 2), deployed=deployed, digest="abc")
        yield drift_report(found, collaborative, Month("2026-02"), NOW)


def _returned(collaborative: Collaborative) -> ReturnedReport:
    bounced = [Reader("Rachel", "Ashford", "", status) for status in ("5.1.1", "5.1.2", "5.2.1", "5.0.0", "")]
    readers = [*bounced, Reader("", "", "", "5.1.1"), Reader("Cleo", "", "team")]
    return returned_report(readers, collaborative, Month("2026-02"), NOW, "123")


def _rendered(report: Report, content: Content) -> Rendered:
    match report:
        case TeamReport():
            return render.team(report, content)
        case CoachReport():
            return render.coach(report, content)
        case LeaderReport():
            return render.leader(report, content)
        case CollaborativeReport():
            return render.collaborative(report, content)
        case CoordinatorReport():
            return render.coordinator(report, content)
        case ClosingReport():
            return render.closing(report, content)
        case ChangePackage():
            return render.change_package(report, content)
        case Story():
            return render.story(report, content)
        case _:
            return letters.put(report, content)


class _Shown(HTMLParser):
    """What a reader sees or hears of a page: its texts, and the words of its pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._quiet = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in {"style", "script"}
        self.texts += [value for name, value in attrs if name in {"alt", "title", "aria-label"} and value]

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.texts.append(data)


def test_every_text_of_every_report_is_within_brackets_but_what_people_wrote(said: Said) -> None:
    for name, report in said.reports.items():
        for text in pseudo.strings(report):
            assert not outside(text, said.data), f"{name}: {text}"


def test_every_word_of_mail_page_and_text_is_of_the_catalogue_or_of_people(said: Said) -> None:
    for name, one in said.rendered.items():
        for text in (
            *_Shown(one.html).texts,
            *_Shown(one.page).texts,
            " ".join(re.sub("^>", "", one.text, flags=re.MULTILINE).split()),
            one.subject,
        ):
            assert not plain(text, said.data), f"{name}: {text[:300]}"
        assert "⟦" in one.page


def test_no_figure_is_spelled_as_in_english(said: Said) -> None:
    """Finnish has a comma where English has a point, and a blank where English has a comma."""
    for name, one in said.rendered.items():
        text = re.sub(r"https?://\S+", "", one.text)
        for data in said.data:
            text = text.replace(data, "") if re.search(r"\d", data) else text
        assert not re.findall(r".{20}\d\.\d(?!\d*\.).{9}", text), name
        assert not re.search(r"\d,\d{3}\b", text), name


def test_all_that_is_said_stands_in_the_catalogue(said: Said) -> None:
    assert said.asked - pseudo.messages_of(pseudo.known()) == set()
    assert len(said.asked) > 300


def test_texts_of_pictures_longer_by_a_third_are_neither_cut_off_nor_upon_one_another(
    absenteeism: Collaborative, tmp_path: Path
) -> None:
    pseudo.written(tmp_path, brackets=False)
    with speaking(language.load(pseudo.LOCALE, [tmp_path / f"{pseudo.LOCALE}.po"])):
        for gaps in ([], MISSING):
            for name, report in (*_reports(flagged(absenteeism, gaps)), *_last(absenteeism)):
                for figure in figures(report):
                    for scene in _scenes(figure):
                        _fits(scene, f"{name}, {figure.name}")


def _scenes(figure: Figure) -> list[Scene]:
    return [figure.scene, figure.phone] if figure.phone else [figure.scene]


def _fits(scene: Scene, name: str) -> None:
    boxes = [(text.string, box(text)) for text in scene.texts]
    for string, room in boxes:
        inside = -1 <= room.left <= room.right <= scene.width + 1 and -1 <= room.top <= room.bottom <= scene.height + 1
        assert inside, f"{name}: “{string}” is cut off"
    for at, (string, room) in enumerate(boxes):
        for other, beside in boxes[at + 1 :]:
            assert not room.touches(beside, -1.5), f"{name}: “{string}” lies upon “{other}”"


def test_the_language_is_longer_by_a_third_and_holds_every_message(tmp_path: Path) -> None:
    speech = language.load(pseudo.LOCALE, [pseudo.written(tmp_path, brackets=False)])
    lengths = []
    with speaking(speech):
        for one in pseudo.known():
            if isinstance(one.id, str) and one.id and not one.context:
                told = language.say(one.id)
                assert told != one.id or not re.search("[aeiouy]", re.sub(r"\{.*?\}", "", one.id)), one.id
                lengths.append((len(told), len(one.id)))
    long, short = (sum(one) for one in zip(*lengths, strict=True))
    assert long > 1.2 * short


def test_links_lead_where_they_led(said: Said) -> None:
    assert LINKS("T001") in said.rendered["anhoej full T001"].text


def test_the_shipped_english_needs_no_file() -> None:
    assert not list((shipped() / "reports" / "wording").glob("*.po"))

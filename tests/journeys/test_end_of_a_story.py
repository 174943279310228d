"""The end of a made-up story: closing forms entered in REDCap, pulled, measured, and told in the congress's documents."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

import pytest
import requests
from click.testing import CliRunner
from pypdf import PdfReader
from tests.journeys.played import Command, quietly

from breakthrough import paper
from breakthrough.cli import group
from breakthrough.demo import play
from breakthrough.demo.play import Closed, Theatre
from breakthrough.errors import PaperMissing
from breakthrough.reporting.render import printed

CODE = "attendance-2025-09"
STORIES = {"T001": "Alderbrook", "T007": "Gorsehill", "T009": "Inverlock", "T011": "Kestrel Bay", "T012": "Larkfield"}
UNTICKED = "Ask our office who answers the text line"  # what the ninth team writes at the end, without the tick
TEXT = "The Friday list comes out even when the team lead is ill."


@dataclass(frozen=True)
class Ended:
    """A story that was played to its end, with its REDCap still there."""

    theatre: Theatre
    closed: Closed

    def page(self, kind: str, about: str = CODE) -> str:
        """What the page says, without its style."""
        path = self.theatre.output / "congress" / f"2026-07-{kind}-{about}.html"
        return html.unescape(re.sub(r"<style.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL))


@pytest.fixture(scope="module")
def end(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    with play.opened(tmp_path_factory.mktemp("end") / "out", "absenteeism", None, closing=True) as theatre:
        yield Ended(theatre, play.close(theatre, quietly, None))


def library(page: str) -> list[tuple[str, ...]]:
    """The rows of the library: what, about, team, where."""
    part = page.partition(">Library<")[2].partition("</table>")[0]
    rows = re.findall(r"<tr class=\"team\" align=\"left\" valign=\"top\">(.*?)</tr>", part, flags=re.DOTALL)
    return [tuple(re.sub(r"<[^>]+>", " ", cell) for cell in re.split(r"</t[hd]>", row)[:-1]) for row in rows]


def test_there_is_a_closing_report_a_change_package_and_a_story_of_each_team_that_agreed_and_no_other(
    end: Ended,
) -> None:
    assert [(one.kind, one.subject_code) for one, _ in end.closed.documents] == [
        ("closing", CODE),
        ("change_package", CODE),
        *(("story", team) for team in STORIES),
    ]
    for one, files in end.closed.documents:
        assert [path.name for path in files] == [f"2026-07-{one.kind}-{one.subject_code}.html"]
        assert all(path.is_file() for path in files)


def test_before_and_since_are_the_middle_months_of_what_stands_in_redcap(end: Ended) -> None:
    rows = end.theatre.here.client(deploying=True).records(forms=["monthly_measures"], fields=["record_id"], dags=False)
    missed, possible = defaultdict[str, float](float), defaultdict[str, float](float)
    for row in rows:
        if row["redcap_repeat_instrument"] == "monthly_measures" and row["sd_poss"]:
            missed[row["mm_period"]] += float(row["sd_abs"])
            possible[row["mm_period"]] += float(row["sd_poss"])
    rate = {month: 100 * missed[month] / possible[month] for month in possible}
    before = median(one for month, one in rate.items() if month < "2025-09")
    since = median(one for month, one in rate.items() if month >= "2025-09")
    assert f"Absence rate: {before:.1f}% before the work began, {since:.1f}% since" in end.page("closing")


def test_the_library_lists_what_teams_agreed_to_share_and_nothing_else(end: Ended) -> None:
    found = library(end.page("closing"))
    assert [row[0].strip() for row in found].count("Storyboard") == 6
    assert len(found) == 13
    assert all("Open it in REDCap" in row[3] for row in found)
    kept_back = "What happens with a referral in ten school days"  # of the team that fell silent
    assert kept_back not in end.page("closing")


def test_a_file_stands_in_redcap_behind_each_line_of_the_library(end: Ended) -> None:
    theatre = end.theatre
    token = (theatre.here.folder / "secrets" / "deploy.token").read_text(encoding="utf-8")
    asked = {"token": token, "content": "file", "action": "export", "record": "T001", "field": "sb_file"}
    answer = requests.post(theatre.sandbox.url, data=asked | {"repeat_instance": "4"}, timeout=30)
    assert answer.status_code == 200
    assert answer.text.startswith(f"Alderbrook\n\n{TEXT}")


def test_words_are_printed_where_the_form_is_ticked_as_free_of_names_and_nowhere_else(end: Ended) -> None:
    told = {team: end.page("story", team) for team in STORIES}
    heading = "To a team that begins next year"
    assert {team for team, page in told.items() if heading in page} == {"T001", "T007"}
    assert "“Put one named person in charge of the list" in told["T001"]
    assert "What made the most difference" not in told["T009"]
    package = end.page("change_package")
    assert package.count("Put one named person in charge of the list") == 1
    everything = [package, end.page("closing"), *told.values()]
    assert [page for page in everything if UNTICKED in page] == []
    entered = end.theatre.here.client(deploying=True).records(forms=["closeout"], fields=["record_id"], dags=False)
    assert [row["record_id"] for row in entered if UNTICKED in row["co_package_text"]] == ["T009"]


def test_outside_its_own_story_a_team_goes_by_a_made_up_name(end: Ended) -> None:
    for team, name in STORIES.items():
        assert name in end.page("story", team)
        assert name not in end.page("change_package")
    assert "Read the stories of Alderbrook, Gorsehill, Inverlock, Kestrel Bay and Larkfield." in end.page("closing")
    assert "Birchmere" not in end.page("closing")


def test_spread_and_what_teams_had_that_came_far_are_told(end: Ended) -> None:
    page = end.page("closing")
    assert "Four of four places that changes were to go to have begun. In two it is daily work." in page
    assert "Three reached a" in page


def test_a_story_is_printed_on_one_page(end: Ended) -> None:
    try:
        paper.require()
    except PaperMissing:
        pytest.skip("WEASYPRINT ABSENT: install the extra pdf to test printed stories")
    page = (end.theatre.output / "congress" / "2026-07-story-T001.html").read_text(encoding="utf-8")
    assert len(PdfReader(BytesIO(printed.pdf(page, "A4"))).pages) == 1


def test_the_command_ends_by_naming_each_page_and_sends_no_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent() -> None:
        raise PaperMissing("There is no WeasyPrint.")

    monkeypatch.setattr(paper, "require", absent)
    done = CliRunner().invoke(group, ["demo", "--closing", "-q", "--output", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    pages = sorted((tmp_path / "out" / "congress").iterdir())
    assert len(pages) == 2 + len(STORIES)
    assert [path for path in pages if str(path) not in done.output] == []
    assert "There are no PDFs, as the extra 'pdf' is not installed" in done.output
    assert list((tmp_path / "out" / "inbox").iterdir()) == []


def test_a_real_file_of_counts_has_no_end_to_play(run: Command, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")
    options = ("--data", tmp_path / "a.csv", "--map", tmp_path / "a.csv", "--output", tmp_path / "out")
    refused = run("demo", "--closing", *options)
    assert refused.returncode == 2
    assert "--closing plays a made-up story to its end" in refused.stderr
    assert not (tmp_path / "out").exists()

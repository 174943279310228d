"""The whole demonstration through real HTTP and SMTP: who got what, and that nobody got anything of another team."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.journeys.played import Command, Played

from breakthrough.content import Content
from breakthrough.demo import story as stories

TEAMS = {f"T{number:03d}": team.name for number, team in enumerate(stories.load(Content(), "absenteeism").teams, 1)}
ONCE = ("Date", "Message-ID", "From", "To", "Subject", "Reply-To", "Auto-Submitted", "List-Unsubscribe")


def _team(mail: EmailMessage) -> str:
    """The team that a message is about, '' for a coach's or the coordinator's."""
    found = re.match(r"<(t\d{3})\.(?:team|leader)\.", str(mail["List-ID"]))
    return found[1].upper() if found else ""


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None, f"a message without a part text/{kind}"
    text = part.get_content()
    assert isinstance(text, str)
    return text


def _everything(mail: EmailMessage) -> str:
    """All that a reader, or a reader's program, can find in a message: headers, both texts, names and alt texts of pictures."""
    parts = [f"{name}: {value}" for part in mail.walk() for name, value in part.items()]
    parts += [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join(parts)


@pytest.fixture(scope="module")
def figures(story: Played, run: Command) -> dict[str, set[str]]:
    """The figures of each team that no other team has, as a report would spell them: counts of five digits and more."""
    done = run("measures", "-d", story.output / "deployment", "--now", "2026-04-15")
    assert done.returncode == 0, done.stderr
    seen: dict[str, set[str]] = {team: set() for team in TEAMS}
    for row in csv.DictReader(io.StringIO(done.stdout)):
        for column in ("numerator", "denominator"):
            if row[column] and float(row[column]) >= 10_000:
                seen[row["team"]].add(f"{float(row[column]):,.0f}")
    return {
        team: own - set().union(*(others for other, others in seen.items() if other != team))
        for team, own in seen.items()
    }


def leaks(text: str, team: str, figures: dict[str, set[str]]) -> list[str]:
    """What of other teams stands in a text: their names, records and figures."""
    found = []
    for other, name in TEAMS.items():
        if other == team:
            continue
        found += [word for word in (name, f"{other}-", f"id={other}") if word in text]
        found += [figure for figure in figures[other] if re.search(rf"(?<![\d,]){figure}(?![\d,])", text)]
    return found


def test_everyone_who_should_gets_one_message_a_team(story: Played) -> None:
    assert len(story.mails) == 39
    of = Counter(_team(mail) for mail in story.mails)
    assert of == Counter(dict.fromkeys(TEAMS, 3) | {"": 3})  # one of a team's is its leader's


def test_the_recipients_are_those_who_agreed_and_are_still_there(story: Played) -> None:
    to = [str(mail["To"]) for mail in story.mails]
    assert not [one for one in to if one.startswith(("Robin", "Sam"))]  # no consent; has left
    assert Counter(to).most_common(1)[0][1] == 2  # the person on two teams gets both
    assert sum(count > 1 for count in Counter(to).values()) == 1
    assert {one.split("<")[1] for one in to if "collaborative.example.org" in one} == {
        "juno.fairweather@collaborative.example.org>",
        "idris.calloway@collaborative.example.org>",
        "ros.whitfield@collaborative.example.org>",
    }


def test_no_team_message_holds_a_name_or_a_figure_of_another_team(story: Played, figures: dict[str, set[str]]) -> None:
    assert all(len(own) > 20 for own in figures.values())
    found = {_team(mail): leaks(_everything(mail), _team(mail), figures) for mail in story.mails if _team(mail)}
    assert {team: leak for team, leak in found.items() if leak} == {}


def test_the_leak_check_catches_a_planted_name_and_a_planted_figure(
    story: Played, figures: dict[str, set[str]]
) -> None:
    mail = next(mail for mail in story.mails if _team(mail) == "T001")
    figure = next(iter(figures["T002"]))
    assert leaks(_everything(mail) + f" pupils: {figure}.", "T001", figures) == [figure]
    assert leaks(_everything(mail) + f" {TEAMS['T005']} did well", "T001", figures) == [TEAMS["T005"]]


def test_the_web_page_of_a_team_holds_nothing_of_another_team_either(
    story: Played, figures: dict[str, set[str]]
) -> None:
    for team in TEAMS:
        page = (story.output / "reports" / f"2026-03-team-{team}.html").read_text(encoding="utf-8")
        # a picture's coordinates look like figures; what it says is in its text, which stays
        assert leaks(re.sub(r' (?:d|points|viewBox|x\d?|y\d?)="[^"]*"', "", page), team, figures) == []


def test_every_picture_named_in_a_message_is_in_it_and_the_other_way_round(story: Played) -> None:
    for mail in story.mails:
        html = _part(mail, "html")
        named = set(re.findall(r'src="cid:([^"]+)"', html))
        there = [part["Content-ID"].strip("<>") for part in mail.walk() if part.get_content_type() == "image/png"]
        assert named == set(there)
        assert len(there) == len(set(there))
        assert there or ".coordinator." in str(mail["List-ID"])


def test_html_stays_under_what_mail_programs_cut_off(story: Played) -> None:
    sizes = [len(_part(mail, "html").encode()) for mail in story.mails]
    assert max(sizes) < 95_000


def test_each_header_stands_once(story: Played) -> None:
    for mail in story.mails:
        assert {name: len(mail.get_all(name, [])) for name in ONCE} == dict.fromkeys(ONCE, 1)
        assert mail["Auto-Submitted"] == "auto-generated"
    assert len({mail["Message-ID"] for mail in story.mails}) == len(story.mails)


def test_subjects_name_no_person_and_no_figure(story: Played) -> None:
    for mail in story.mails:
        assert not re.search(r"\d", str(mail["Subject"]).replace("2026", ""))
        assert "@" not in str(mail["Subject"])


def test_nothing_in_a_message_is_fetched_from_elsewhere(story: Played) -> None:
    for mail in story.mails:
        html = _part(mail, "html")
        assert not re.search(r'<(?:img|link|script|iframe)[^>]+(?:src|href)="https?:', html)
        assert "url(http" not in html


def test_free_text_without_the_tick_is_not_printed_to_anyone(story: Played) -> None:
    """The ninth team did not tick the box of its monthly report: its words are linked, not mailed."""
    written = ("We tried the test in one class", "The list came out each Friday", "Most of the month", "We rang every")
    mails = [mail for mail in story.mails if _team(mail) == "T009"]
    assert len(mails) == 3
    for mail in mails:
        assert not [words for words in written if words in _everything(mail)]


def test_the_text_part_holds_the_figures_of_the_html_part(story: Played) -> None:
    for mail in story.mails:
        text = _part(mail, "plain")
        assert re.search(r"\d\.\d%", text) or ".coordinator." in str(mail["List-ID"])
        assert "<" not in re.sub(r"<https?://[^>]+>", "", text)


def test_it_leaves_messages_reports_and_charts(story: Played) -> None:
    assert (
        len(list((story.output / "reports").glob("*.html"))) == 28
    )  # teams, leaders, coaches, all together, and the coordinator
    assert list((story.output / "charts").glob("*.png"))


def test_the_coordinators_report_is_among_them_and_tells_no_address(story: Played) -> None:
    (page,) = (story.output / "reports").glob("*-coordinator-*.html")
    told = re.sub(r"<style.*?</style>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "Juniper Vale" in told
    assert "@" not in told


def test_the_documents_of_the_closing_congress_are_written_on_request(
    story: Played, run: Command, tmp_path: Path
) -> None:
    done = run("report", "--closing", "-d", story.output / "deployment", "--now", "2026-04-16", "--to", tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.glob("*.html")} == {
        "2026-03-closing-attendance-2025-09.html",
        "2026-03-change_package-attendance-2025-09.html",
    }
    none = run("report", "--closing", "--only", "T001", "-d", story.output / "deployment", "--now", "2026-04-16")
    assert none.returncode != 0
    assert "closing form" in none.stderr


def test_the_summary_tells_a_stranger_what_ran_where_to_look_and_what_to_try(story: Played) -> None:
    for words in ("What ran", "Where to look", "What to try next", "39 messages; a second send would send 0"):
        assert words in story.stdout


def test_the_demonstration_takes_well_under_three_minutes(story: Played) -> None:
    assert story.seconds < 180


def test_the_demonstration_again_in_the_same_folder_starts_afresh_and_spares_other_peoples_files(
    story: Played, run: Command, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    refused = run("demo", "--output", tmp_path)
    assert refused.returncode == 34
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"

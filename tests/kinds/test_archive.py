"""The archive of reports as a folder: what was sent as it was sent, a folder for each reader, and nothing leaks or breaks."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import stat
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.kinds.conftest import Month
from tests.kinds.test_accessibility import CHECK, NOTHING
from tests.preview.browser import Browser

from breakthrough.errors import DeploymentExists
from breakthrough.month import Month as Named
from breakthrough.store import Store, archive, materials, tables
from breakthrough.worker import jobs, library, tree
from breakthrough.worker.pages import PAGE
from breakthrough.worker.reports import KINDS

APRIL = Named("2026-04")


@pytest.fixture(scope="module")
def sent(month: Month, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store in which March was put into the outbox."""
    here, now = month.theatre.here, month.theatre.now
    with month.store(tmp_path_factory.mktemp("sent")) as store:
        press = jobs.press(here, store, month.theatre.month, now)
        jobs.issue(store, list(jobs.made(press, store, jobs.due(here, store, now, hour=0), lambda _: None)), now)
        yield store


@pytest.fixture(scope="module")
def folder(month: Month, sent: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of March, which was sent, and of April, which was not."""
    place = tmp_path_factory.mktemp("archive") / "reports"
    library.fill(month.theatre.here, sent, place, [APRIL], month.theatre.now, lambda _: None)
    return place


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".breakthrough"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


class _Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if tag == "a" and name == "href"]


def indexes(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.html") if path.name == "index.html" or path.parent.name == "months"]


def test_what_was_sent_stands_there_byte_for_byte(folder: Path, sent: Store) -> None:
    with sent.read() as connection:
        reports = archive.listing(connection)
        pages = {
            f"{one.kind}/{one.subject}/{one.period}.html": materials.read_all(connection, one.parts)[PAGE]
            for one in reports
        }
    assert {path: data for path, data in files(folder).items() if path in pages} == pages
    assert len(pages) == 27  # teams, leaders, coaches, the coordinator


def test_what_was_not_sent_is_made_anew_and_says_so_in_the_page_and_beside_it(folder: Path) -> None:
    page = (folder / "team/T001/2026-04.html").read_text(encoding="utf-8")
    assert "Made for the archive, never sent." in page
    assert "Sent 1" not in page
    index = (folder / "team/T001/index.html").read_text(encoding="utf-8")
    assert re.findall(r">(As sent, 15 April 2026\.|Made for this archive; it was never sent\.)<", index) == [
        "Made for this archive; it was never sent.",
        "As sent, 15 April 2026.",
    ]


def test_every_kind_has_its_folder_and_every_month_an_index_of_all(folder: Path, month: Month) -> None:
    for name in KINDS:
        assert list((folder / name).glob("*/2026-04.html")), name
    for one in ("2026-03", "2026-04"):
        links = _Links((folder / "months" / f"{one}.html").read_text(encoding="utf-8")).found
        pages = {f"../{path}" for path in files(folder) if path.endswith(f"{one}.html") and "months" not in path}
        assert pages == set(links) - {"../index.html"}


def test_every_link_of_an_index_leads_somewhere(folder: Path) -> None:
    for index in indexes(folder):
        for link in _Links(index.read_text(encoding="utf-8")).found:
            assert (index.parent / link).resolve().is_file(), (index, link)


def test_a_teams_folder_holds_its_own_reports_alone_and_its_index_tells_of_no_other_team(
    folder: Path, month: Month
) -> None:
    names = {member.record: member.name for member in month.theatre.scene.members}
    assert len(names) == 12
    for code in names:
        room = folder / "team" / code
        assert {path.name for path in room.iterdir()} == {"index.html", "2026-03.html", "2026-04.html"}
        index = (room / "index.html").read_text(encoding="utf-8")
        assert all("/" not in link for link in _Links(index).found)
        assert not [other for other, name in names.items() if other != code and (other in index or name in index)]


def test_the_first_page_names_months_and_nobody(folder: Path, month: Month) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert _Links(text).found == ["months/2026-04.html", "months/2026-03.html"]
    for member in month.theatre.scene.members:
        assert member.name not in text
        assert member.record not in text


def test_no_name_of_a_file_is_a_persons(folder: Path, month: Month) -> None:
    people = [coach.name for coach in month.theatre.here.collaborative.coaches]
    words = {word.lower() for name in people for word in name.split()}
    for path in files(folder):
        assert not words & set(re.split(r"[^a-z]+", path.lower()))


def test_search_engines_are_asked_to_keep_out_and_the_note_says_whom_to_let_in(folder: Path) -> None:
    assert (folder / "robots.txt").read_text(encoding="utf-8") == "User-agent: *\nDisallow: /\n"
    assert all('name="robots" content="noindex' in one.read_text(encoding="utf-8") for one in folder.rglob("*.html"))
    note = (folder / "README.txt").read_text(encoding="utf-8")
    assert re.search(r"^team/…/ +the people of that team, and its coach$", note, re.MULTILINE)
    assert max(map(len, note.splitlines())) <= 72


def test_it_is_for_its_owner_alone(folder: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert modes == {0o700, 0o600}


def test_run_again_nothing_changes_also_later(month: Month, sent: Store, folder: Path) -> None:
    before = files(folder)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and "lock" not in path.name}
    later = month.theatre.now + dt.timedelta(days=3)
    done = library.fill(month.theatre.here, sent, folder, [APRIL], later, lambda _: None)
    assert (done.sent, done.changed.written, done.changed.removed) == (27, 0, 0)
    assert files(folder) == before
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_a_report_with_a_record_that_was_erased_is_taken_away_and_its_place_says_so(
    month: Month, sent: Store, tmp_path: Path
) -> None:
    here, now = month.theatre.here, month.theatre.now
    place = tmp_path / "reports"
    library.fill(here, sent, place, [], now, lambda _: None)
    erased = tables.report.update().where(tables.report.c.subject == "T001")
    with sent.begin() as connection:
        connection.execute(erased.values(unreproducible_since=now))
    try:
        done = library.fill(here, sent, place, [], now, lambda _: None)
    finally:
        with sent.begin() as connection:
            connection.execute(erased.values(unreproducible_since=None))
    assert (done.withheld, done.changed.removed) == (2, 2)
    assert [path.name for path in (place / "team/T001").iterdir()] == ["index.html"]
    assert "Withdrawn: a record that it was made of has been erased." in (place / "team/T001/index.html").read_text()


@pytest.mark.parametrize("width", [800, 560, 320], ids=["wide", "between", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.browser
def test_axe_finds_nothing_in_its_indexes(folder: Path, axe: str, browser: Browser, width: int, *, dark: bool) -> None:
    for name in ("index.html", "months/2026-03.html", "team/T001/index.html"):
        html = (folder / name).read_text(encoding="utf-8")
        assert browser.visit(html, f"{axe}\n{CHECK}", width=width, dark=dark, guarded=False) == NOTHING, name


@pytest.mark.browser
def test_its_indexes_ask_nobody_for_anything(folder: Path, browser: Browser) -> None:
    for index in indexes(folder)[:4]:
        assert browser.asked(index.read_text(encoding="utf-8")) == ([], [])


def test_a_broken_template_of_the_deployments_own_does_not_stop_the_archive(
    month: Month, sent: Store, folder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "deployment"
    (own / "reports" / "templates").mkdir(parents=True)
    (own / "reports" / "templates" / "archive.html.j2").write_text("{{ nonsense }}", encoding="utf-8")
    here = dataclasses.replace(
        month.theatre.here, content=dataclasses.replace(month.theatre.here.content, deployment=own)
    )
    library.fill(here, sent, tmp_path / "reports", [], month.theatre.now, lambda _: None)
    assert (tmp_path / "reports/robots.txt").is_file()
    assert "Months" in (tmp_path / "reports/index.html").read_text(encoding="utf-8")


def test_a_folder_that_is_not_ours_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DeploymentExists, match="so nothing was done"):
        tree.bring(tmp_path, {"index.html": b"x"}, "the archive")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_files_and_rights_that_others_set_stay(tmp_path: Path) -> None:
    place = tmp_path / "reports"
    tree.bring(place, {"team/T001/a.html": b"1", "team/T002/a.html": b"1"}, "the archive")
    (place / "team/T001/.htaccess").write_text("Require group t001", encoding="utf-8")
    (place / "team/T001").chmod(0o750)
    (place / "team/T001/a.html").chmod(0o640)
    done = tree.bring(place, {"team/T001/a.html": b"2", "team/T001/b.html": b"1"}, "the archive")
    assert (done.written, done.removed, done.same) == (2, 1, 0)
    assert (place / "team/T001/.htaccess").is_file()
    assert stat.S_IMODE((place / "team/T001").stat().st_mode) == 0o750
    assert stat.S_IMODE((place / "team/T001/a.html").stat().st_mode) == 0o640
    assert not (place / "team/T002").exists()


def test_a_crash_leaves_whole_files_and_the_next_time_puts_all_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "reports"
    tree.bring(place, {"a.html": b"old", "gone.html": b"old", "index.html": b"old"}, "the archive")
    wanted = {"a.html": b"new", "b.html": b"new", "index.html": b"new"}
    moved = Path.replace

    def dies(one: Path, target: Path) -> Path:
        if Path(target).name == "b.html":
            raise KeyboardInterrupt
        return moved(one, target)

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        tree.bring(place, wanted, "the archive")
    monkeypatch.undo()
    assert files(place) == {"a.html": b"new", "gone.html": b"old", "index.html": b"old"}
    tree.bring(place, wanted, "the archive")
    assert files(place) == wanted


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x"])
def test_a_list_of_files_that_leads_elsewhere_harms_nothing(tmp_path: Path, path: str) -> None:
    place = tmp_path / "reports"
    tree.bring(place, {"a.html": b"1"}, "the archive")
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    (place / tree.MARK).write_text(f"{path}\n", encoding="utf-8")
    with pytest.raises(Exception, match="outside its folder"):
        tree.bring(place, {"a.html": b"2"}, "the archive")
    assert (tmp_path / "x").read_text(encoding="utf-8") == "mine"

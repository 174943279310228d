"""Reports and mails go into archive and outbox together, byte for byte as the mail server gets them, or not at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select
from tests.delivery.answering import Server
from tests.reporting import pseudo
from tests.store import cluster as clusters

from breakthrough.content import Content
from breakthrough.delivery import outbox, smtp
from breakthrough.delivery.outbox import Item
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.errors import BreakthroughError, ReportError
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store, archive, materials, purge, snapshots, tables
from breakthrough.worker import again, jobs, ledger, pages, press
from breakthrough.worker.due import Work
from breakthrough.worker.press import Made, Press
from breakthrough.worker.reports import rendered

ARCHIVES = (tables.report, tables.report_source, tables.material, tables.snapshot, tables.mail_archive, tables.outbox)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("press") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def pulled(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("pulled") / "store.sqlite"
    with Store.open(f"sqlite:///{path}") as opened:
        jobs.pull(theatre.here, opened, theatre.now, lambda _: None)
    return path.read_bytes()


@pytest.fixture
def store(pulled: bytes, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store.sqlite").write_bytes(pulled)
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


@pytest.fixture
def on_postgresql(theatre: Theatre) -> Iterator[Store]:
    programs = clusters.programs()
    if programs is None:
        pytest.skip("POSTGRESQL ABSENT: the archive of a month was NOT tested on it. Install the package postgresql")
    with clusters.running(programs) as running, Store.open(running.database(), clusters.PASSWORD) as opened:
        jobs.pull(theatre.here, opened, theatre.now, lambda _: None)
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue({"sqlite": "store", "postgresql": "on_postgresql"}[request.param])
    return found


def set_up(theatre: Theatre, store: Store, *, minutes: int = 0, content: Content | None = None) -> Press:
    here = dataclasses.replace(theatre.here, content=content or theatre.here.content)
    now = theatre.now.replace(minute=theatre.now.minute + minutes)
    return press.press(here, jobs.held(here, store, now), theatre.month, now)


def of(theatre: Theatre, store: Store, *subjects: str) -> tuple[Work, ...]:
    every = jobs.due(theatre.here, store, theatre.now, hour=0)
    return tuple(one for one in every if one.key.subject in subjects and one.key.report != "leader")


def made(of_press: Press, store: Store, work: Sequence[Work]) -> list[Made]:
    return list(jobs.made(of_press, store, work, lambda _: None))


def counts(store: Store) -> list[int]:
    with store.read() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in ARCHIVES]


def part(content: bytes, kind: str) -> str:
    mail = email.message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body((kind,))
    assert body is not None
    text: str = body.get_content()
    return text


def test_every_mail_of_a_month_is_archived_as_the_server_got_it_and_every_report_can_be_made_again(
    theatre: Theatre, either: Store, server: Server
) -> None:
    work = jobs.due(theatre.here, either, theatre.now, hour=0)
    keys = jobs.issue(either, made(set_up(theatre, either), either, work), theatre.now)
    outbox.send_due(either, lambda: smtp.connect(server.mail), lambda: theatre.now)

    with either.read() as connection:
        mails = [archive.mail(connection, key) for key in keys]
        reports = archive.listing(connection)
        parts = [materials.read_all(connection, one.parts) for one in reports]
    assert len(keys) == 39
    assert sorted(content for _, _, content in server.answers.taken) == sorted(mail or b"" for mail in mails)
    assert [(one.kind, one.subject) for one in reports] == [
        ("coach", "c1"),
        ("coach", "c2"),
        ("coordinator", "attendance-2025-09"),
        *((kind, f"T{number:03d}") for kind in ("leader", "team") for number in range(1, 13)),
    ]
    assert all({"page.html", "mail.html", "mail.txt", "mail.json"} <= files.keys() for files in parts)
    kept = {one.key: files for one, files in zip(reports, parts, strict=True) if one.kind != "coordinator"}
    wanted = [one for one in reports if one.key in kept]
    found = {one.report.key: one for one in again.reports(theatre.here, either, wanted, lambda _: None)}
    assert found.keys() == kept.keys()
    assert {(one.differing, one.versions, one.moved) for one in found.values()} == {((), (), ())}
    for key, made_again in found.items():
        assert made_again.page is not None
        assert made_again.page.page.encode() == kept[key]["page.html"]


def test_a_report_names_all_that_it_was_made_of(theatre: Theatre, store: Store) -> None:
    of_press = set_up(theatre, store)
    jobs.issue(store, made(of_press, store, of(theatre, store, "T001")), theatre.now)
    with store.read() as connection:
        (kept,) = archive.listing(connection)
        assert snapshots.of(connection, kept.snapshot).runs == {"main": 1}
        assert kept.rendered_at == theatre.now
        config = theatre.here.folder / "collaborative.yaml"
        assert materials.read_all(connection, kept.specification) == {"collaborative.yaml": config.read_bytes()}
        templates = materials.read_all(connection, kept.templates)
        figures = ledger.read(materials.read(connection, kept.figures))
    assert {name.rpartition("/")[2] for name in templates} >= {
        "team.html.j2", "layout.txt.j2", "report.css", "messages.pot", "BreakthroughSans-Regular.otf"
    }  # fmt: skip
    others = {(measure, month) for team, measure, month in figures if team != "T001"}
    assert ("ca_day", "2026-03") in others
    assert {month for _, month in others} == {"2026-03"}
    frame = of_press.edition.frame
    row = frame[(frame["team"] == "T001") & (frame["measure"] == "ca_day") & (frame["month"] == "2026-03")].iloc[0]
    assert figures["T001", "ca_day", "2026-03"][:3] == (
        "reported", str(float(row["numerator"])), str(float(row["denominator"]))
    )  # fmt: skip
    assert {"pandas", "numpy", "jinja2", "css-inline", "aggdraw", "fonttools", "python", "zlib"} < kept.libraries.keys()


def test_where_one_mail_cannot_be_archived_nothing_is_in_the_outbox_and_nothing_in_the_archive(
    theatre: Theatre, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, right, calls = counts(store), archive.keep_mail, []

    def failing(*given: object) -> bool:
        calls.append(given)
        if len(calls) == 3:
            raise OSError("the disk is full")
        return right(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "keep_mail", failing)
    with pytest.raises(OSError, match="the disk is full"):
        jobs.issue(store, made(set_up(theatre, store), store, of(theatre, store, "T001", "T002")), theatre.now)
    assert counts(store) == before == [0] * len(ARCHIVES)


def test_who_comes_late_gets_the_report_that_the_others_got(theatre: Theatre, store: Store, tmp_path: Path) -> None:
    first, late = of(theatre, store, "T001")
    (early,) = jobs.issue(store, made(set_up(theatre, store), store, [first]), theatre.now)
    own = tmp_path / "own" / "reports" / "templates"
    own.mkdir(parents=True)
    (own / "team.html.j2").write_text('{% extends "shipped/team.html.j2" %}{% block about %}New.{% endblock %}')

    afterwards = set_up(theatre, store, minutes=20, content=Content(tmp_path / "own"))
    (key,) = jobs.issue(store, made(afterwards, store, [late]), theatre.now)

    with store.read() as connection:
        assert len(archive.listing(connection)) == 1
        before, after = archive.mail(connection, early), archive.mail(connection, key)
    assert before
    assert after
    assert before != after
    assert b"06:50:00 +0100" in after  # a mail of its own time
    for kind in ("html", "plain"):
        assert part(before, kind) == part(after, kind)


def test_a_report_of_an_erased_record_goes_to_nobody_who_comes_late(theatre: Theatre, store: Store) -> None:
    first, late = of(theatre, store, "T001")
    jobs.issue(store, made(set_up(theatre, store), store, [first]), theatre.now)
    purge.purge(store, "main", "T001", theatre.now)
    with pytest.raises(ReportError, match="made of a record that has been purged since"):
        press.report(set_up(theatre, store), store, [late])


def test_two_processes_that_make_the_same_month_at_once_send_one_edition_of_it(theatre: Theatre, store: Store) -> None:
    work = of(theatre, store, "T001", "T002")
    one, other = (made(set_up(theatre, store, minutes=minutes), store, work) for minutes in (0, 1))
    assert len(jobs.issue(store, one, theatre.now)) == 4
    before = counts(store)
    assert jobs.issue(store, other, theatre.now) == ()
    assert counts(store) == before


def test_reports_made_while_a_template_is_being_edited_do_not_go_out(
    theatre: Theatre, store: Store, tmp_path: Path
) -> None:
    content = Content(tmp_path / "own")
    ready = made(set_up(theatre, store, content=content), store, of(theatre, store, "T001"))
    (tmp_path / "own" / "reports" / "static").mkdir(parents=True)
    (tmp_path / "own" / "reports" / "static" / "report.css").write_text("p{color:red}")
    with pytest.raises(ReportError, match="changed while reports were being made"):
        jobs.issue(store, ready, theatre.now)
    assert counts(store) == [0] * len(ARCHIVES)


def test_an_address_that_cannot_be_written_to_has_no_mail_in_the_archive(theatre: Theatre, store: Store) -> None:
    first, second = of(theatre, store, "T001")
    broken = dataclasses.replace(second, recipient=dataclasses.replace(second.recipient, address="a@b@c"))
    keys = jobs.issue(store, made(set_up(theatre, store), store, [first, broken]), theatre.now)
    with store.read() as connection:
        assert [archive.mail(connection, key) is None for key in keys] == [False, True]
        assert len(archive.listing(connection)) == 1


def test_a_report_becomes_files_and_the_same_report_again(theatre: Theatre, store: Store) -> None:
    (one,) = made(set_up(theatre, store), store, of(theatre, store, "c1"))
    assert one.fresh
    page = pages.unpacked(one.fresh.parts)
    assert pages.packed(page) == one.fresh.parts
    assert (page.kind, page.subject_code, page.month) == ("coach", "c1", "2026-03")
    assert {picture.cid for picture in page.pictures} == set(re.findall(r'src="cid:([^"]+)"', page.html))
    assert all(picture.png.startswith(b"\x89PNG") for picture in page.pictures)


def test_of_the_reports_of_a_month_those_stand_that_had_been_made_by_then(theatre: Theatre, store: Store) -> None:
    jobs.issue(store, made(set_up(theatre, store), store, of(theatre, store, "T001", "c1")), theatre.now)
    with store.begin() as connection:
        (first,) = archive.listing(connection, subject="T001")
        later = theatre.now + dt.timedelta(days=3)
        archive.keep_report(connection, dataclasses.replace(first, revision=1, rendered_at=later))

    def stood(at: dt.datetime, only: str | None = None) -> list[str]:
        return [str(one) for one in again.sent(theatre.here, store, theatre.month, at, only)]

    second = dt.timedelta(seconds=1)
    team, coach = "team T001, 2026-03, revision", "coach c1, 2026-03, revision 0"
    assert stood(theatre.now - second) == []
    assert stood(theatre.now) == stood(later - second) == [f"{team} 0", coach]
    assert stood(later) == [f"{team} 1", coach]
    assert stood(later, "T001") == [f"{team} 1"]
    assert again.sent(theatre.here, store, theatre.month + 1, later) == ()


def test_a_report_that_version_1_archived_cannot_be_made_again_and_that_is_no_fault(
    theatre: Theatre, store: Store
) -> None:
    jobs.issue(store, made(set_up(theatre, store), store, of(theatre, store, "T001")), theatre.now)
    with store.read() as connection:
        (kept,) = archive.listing(connection)
    old = dataclasses.replace(kept, specification="", templates="", figures="", libraries={})
    (found,) = again.reports(theatre.here, store, [old], lambda _: None)
    assert (found.page, found.as_it_should_be) == (None, True)
    assert "archived by version 1 of this program" in found.hindered


def test_where_the_archive_lacks_what_it_took_that_is_a_fault(theatre: Theatre, store: Store) -> None:
    jobs.issue(store, made(set_up(theatre, store), store, of(theatre, store, "T001")), theatre.now)
    with store.begin() as connection:
        (kept,) = archive.listing(connection)
        materials.drop(connection, [kept.specification])
    (found,) = again.reports(theatre.here, store, [kept], lambda _: None)
    assert (found.page, found.as_it_should_be) == (None, False)
    assert "is not in the store" in found.hindered


def test_the_language_of_the_collaborative_is_spoken_from_flags_to_the_foot_of_every_report(
    theatre: Theatre, store: Store, tmp_path: Path
) -> None:
    pseudo.written(tmp_path / "reports" / "wording")
    spoken = theatre.here.collaborative.model_copy(update={"language": pseudo.LOCALE})
    here = dataclasses.replace(theatre.here, collaborative=spoken, content=Content(tmp_path))
    pressed = jobs.press(here, store, Month("2026-03"), theatre.now)
    portfolio = pressed.edition.portfolio
    data = pseudo.by_people(spoken, portfolio)
    data = sorted({told for text in data for told in (text, text.upper(), text.capitalize())}, key=len, reverse=True)
    assert all(flag.evidence.startswith("⟦") and flag.move.startswith("⟦") for flag in pressed.edition.flags)
    for kind, code in (("team", "T001"), ("team", "T005"), ("coach", "c1")):
        with here.speaking():
            told = rendered(pressed.edition, kind, code, here.content).text
        text = " ".join(re.sub("^>", "", told, flags=re.MULTILINE).split())
        assert pseudo.plain(text, data) == [], f"{kind} {code}"


def test_reports_made_in_several_processes_are_the_same_in_the_same_order_and_one_fault_is_its_own(
    theatre: Theatre, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = set_up(theatre, store)
    schedule = theatre.here.settings.schedule.model_copy(update={"processes": 2})
    settings = theatre.here.settings.model_copy(update={"schedule": schedule})
    several = dataclasses.replace(alone, here=dataclasses.replace(theatre.here, settings=settings))
    monkeypatch.setattr(press, "_MANY", 1)
    work = [(one,) for one in of(theatre, store, "T001", "T002", "c1") if one.recipient]
    stranger = dataclasses.replace(work[0][0], key=dataclasses.replace(work[0][0].key, subject="T999"))

    makes = list(press.reports(several, store, [*work, (stranger,)]))
    assert [make().items for make in makes[:-1]] == [press.report(alone, store, one).items for one in work]
    with pytest.raises(BreakthroughError):
        makes[-1]()


def crowd(theatre: Theatre, store: Store, number: int) -> list[Work]:
    """The work for one report with so many readers."""
    one = of(theatre, store, "c1")[0]
    readers = (dataclasses.replace(one.recipient, address=f"reader{n}@example.org") for n in range(number))
    return [Work(dataclasses.replace(one.key, recipient=reader.address), reader) for reader in readers]


def test_a_report_for_many_readers_is_put_in_piece_by_piece_and_made_once(
    theatre: Theatre, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "_TOGETHER", 7)
    together: list[int] = []
    put = outbox.put

    def counted(connection: Connection, items: Sequence[Item], now: dt.datetime) -> tuple[str, ...]:
        together.append(len(items))
        return put(connection, items, now)

    monkeypatch.setattr(outbox, "put", counted)
    work = crowd(theatre, store, 24)
    keys = jobs.issue(store, made(set_up(theatre, store), store, work), theatre.now)
    assert sorted(keys) == sorted(str(one.key) for one in work)
    assert together == [7, 7, 7, 3]
    with store.read() as connection:
        assert len(archive.listing(connection)) == 1


def test_where_another_process_was_quicker_no_piece_of_ours_goes_in(
    theatre: Theatre, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "_TOGETHER", 7)
    work = crowd(theatre, store, 20)
    one, other = (
        made(set_up(theatre, store, minutes=minutes), store, part) for minutes, part in ((0, work[:1]), (1, work))
    )
    jobs.issue(store, one, theatre.now)
    assert jobs.issue(store, other, theatre.now) == ()

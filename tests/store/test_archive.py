"""What was sent stays, byte for byte, with what it takes to make it again."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, update
from tests.store.filling import entry, pulled

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.errors import StoreError
from breakthrough.month import Month
from breakthrough.store import Report, Store, archive, materials, tables

SECOND = dt.timedelta(seconds=1)


def report(
    store: Store, now: dt.datetime, subject: str = "T001", page: bytes = b"<h1>T001</h1>", **more: object
) -> Report:
    with store.begin() as connection:
        made = Report(
            "absenteeism", "team", subject, "2026-03", 0, now, "abc",
            specification=materials.keep_all(connection, {"collaborative.yaml": b"name: x\n"}),
            templates=materials.keep_all(connection, {"team.html.j2": b"{{ x }}", "css/report.css": b"p{}"}),
            code_version="0.2.0", libraries={"pandas": "3.1.1"}, parts=materials.keep_all(connection, {"page.html": page}),
            figures=materials.keep(connection, b"team,value\nT001,41\n"),
        )  # fmt: skip
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def test_a_report_is_kept_with_all_that_it_takes_to_make_it_again(store: Store, now: dt.datetime) -> None:
    made = report(store, now)
    with store.begin() as connection:
        assert archive.keep_report(connection, made, [("main", "T001")])
    with store.read() as connection:
        found = archive.of(connection, made.key)
        assert found == made
        assert found.libraries == {"pandas": "3.1.1"}
        assert materials.read_all(connection, found.parts) == {"page.html": b"<h1>T001</h1>"}
        assert materials.read(connection, found.figures) == b"team,value\nT001,41\n"
        assert materials.read_all(connection, found.templates) == {"team.html.j2": b"{{ x }}", "css/report.css": b"p{}"}
        assert materials.read_all(connection, found.specification) == {"collaborative.yaml": b"name: x\n"}
        assert archive.of(connection, ("absenteeism", "team", "T001", "2026-03", 1)) is None


def test_the_same_report_again_changes_nothing_and_another_is_refused(store: Store, now: dt.datetime) -> None:
    made = report(store, now)
    other = report(store, now, page=b"<h1>changed</h1>")
    with store.begin() as connection:
        kept = [archive.keep_report(connection, made), archive.keep_report(connection, made)]

    with (
        pytest.raises(StoreError, match=r"team T001, 2026-03, revision 0 is archived already, and differs"),
        store.begin() as connection,
    ):
        archive.keep_report(connection, other)

    with store.begin() as connection:
        kept.append(archive.keep_report(connection, dataclasses.replace(other, revision=1)))
        pages = [materials.read_all(connection, one.parts)["page.html"] for one in archive.listing(connection)]
    assert kept == [True, False, True]
    assert pages == [b"<h1>T001</h1>", b"<h1>changed</h1>"]


def test_reports_are_listed_by_what_is_asked_for(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        for made in (
            report_of(now, "coach", "c1", "2026-03"),
            report_of(now, "team", "T002", "2026-03"),
            report_of(now, "team", "T001", "2026-04"),
            report_of(now, "team", "T001", "2026-03"),
        ):
            archive.keep_report(connection, made)

        def found(**wanted: Any) -> list[str]:
            return [f"{one.kind} {one.subject} {one.period}" for one in archive.listing(connection, **wanted)]

        assert found() == ["coach c1 2026-03", "team T001 2026-03", "team T002 2026-03", "team T001 2026-04"]
        assert found(period="2026-03", kind="team") == ["team T001 2026-03", "team T002 2026-03"]
        assert found(subject="T001") == ["team T001 2026-03", "team T001 2026-04"]
        assert found(collaborative="other") == []


def report_of(now: dt.datetime, kind: str, subject: str, period: str) -> Report:
    return Report("absenteeism", kind, subject, period, 0, now, "", "", "", "", {}, f"{kind}{subject}{period}", "")


def test_the_report_that_came_before_is_the_same_one_whenever_it_is_asked_for(store: Store, now: dt.datetime) -> None:
    month = dt.timedelta(days=30)
    made = [
        dataclasses.replace(report_of(now, "team", subject, period), revision=revision, rendered_at=now + when * month)
        for subject, period, revision, when in (
            ("T001", "2026-01", 0, 0), ("T001", "2026-02", 0, 1), ("T001", "2026-03", 0, 2), ("T001", "2026-03", 1, 2.5),
            ("T001", "2026-02", 1, 2.5), ("T002", "2026-02", 0, 1),
        )
    ]  # fmt: skip

    def found(connection: Connection, place: int) -> str | None:
        before = archive.before(connection, made[place].key[:4], made[place].rendered_at)
        return str(before) if before else None

    with store.begin() as connection:
        for one in made[:3]:
            archive.keep_report(connection, one)
        first = [found(connection, place) for place in range(3)]
        for one in made[3:]:
            archive.keep_report(connection, one)

        assert first == [None, "team T001, 2026-01, revision 0", "team T001, 2026-02, revision 0"]
        assert [found(connection, place) for place in range(3)] == first  # though there is a correction of February now
        assert found(connection, 3) == "team T001, 2026-03, revision 0"
        assert found(connection, 5) is None
        assert archive.before(connection, made[2].key[:4], now + 4 * month) == made[3]  # by then, it was there


def test_what_a_reader_had_last_is_the_newest_that_went_out_and_none_that_was_superseded_while_it_waited(
    store: Store, now: dt.datetime
) -> None:
    month = dt.timedelta(days=30)
    february, march, corrected = (
        dataclasses.replace(report_of(now, "team", "T001", period), revision=revision, rendered_at=now + when * month)
        for period, revision, when in (("2026-02", 0, 0), ("2026-03", 0, 1), ("2026-03", 1, 1.1))
    )
    with store.begin() as connection:
        for one, state in ((february, "sent"), (march, "superseded"), (corrected, "sent")):
            archive.keep_report(connection, one)
            key = Key(one.collaborative, one.kind, one.subject, Month(one.period), one.revision, "rachel@b.org")
            outbox.put(connection, [Item(key, "rachel@b.org", key.message_id("b.org"), b"")], now)
            connection.execute(update(tables.outbox).where(tables.outbox.c.key == str(key)).values(state=state))
        about = march.key[:4]
        assert archive.before(connection, about, corrected.rendered_at) == february
        assert not archive.corrects(connection, corrected.key)
        assert archive.before(connection, about, now + 2 * month) == corrected
        assert archive.corrects(connection, (*about, 2))


def test_reports_are_listed_as_they_stood_at_a_moment(store: Store, now: dt.datetime) -> None:
    later = dataclasses.replace(report_of(now, "team", "T001", "2026-03"), revision=1, rendered_at=now + SECOND)
    with store.begin() as connection:
        archive.keep_report(connection, report_of(now, "team", "T001", "2026-03"))
        archive.keep_report(connection, later)
        for at, revisions in ((now - SECOND, []), (now, [0]), (now + SECOND, [0, 1])):
            assert [one.revision for one in archive.listing(connection, by=at)] == revisions


def test_a_font_inside_pages_is_kept_once_for_all_of_them(store: Store) -> None:
    font = b"@font-face{src:url(" + base64.b64encode(random.Random(1).randbytes(80_000)) + b")}\n"
    pages = {f"page{number}.html": b"<style>\n" + font + b"p{}\n</style>%d" % number for number in range(5)}
    with store.begin() as connection:
        digests = [materials.keep_all(connection, {name: content, "empty": b""}) for name, content in pages.items()]
        size = connection.execute(select(func.sum(tables.material.c.size))).scalar()
        assert [materials.read_all(connection, one) for one in digests] == [
            {name: content, "empty": b""} for name, content in pages.items()
        ]
        for odd in (
            font,
            font[:-1],
            b"\r\n" + font[:-1] + b"\r",
            b"\n" * 20_000,
            b"\0" + font,
            font[:-1] + font + font,
        ):
            assert materials.read_all(connection, materials.keep_all(connection, {"odd": odd})) == {"odd": odd}
    assert size
    assert size < len(font) + 5 * 600


def test_what_manifests_name_is_told_and_those_that_are_gone_name_nothing(store: Store) -> None:
    with store.begin() as connection:
        one, other = (materials.keep_all(connection, {"a": b"shared", "b": name}) for name in (b"one", b"other"))
        assert len(materials.reached(connection, [one, other])) == 5
        materials.drop(connection, [one])
        left = {materials.keep(connection, content) for content in (b"shared", b"other")}
        assert materials.reached(connection, [one, other, "0" * 64]) == left | {other}


def test_equal_materials_are_kept_once_and_damage_is_noticed(store: Store) -> None:
    with store.begin() as connection:
        digests = {materials.keep(connection, content) for content in (b"one", b"one", b"two", b"")}
        digest = materials.keep(connection, b"one")
        assert connection.execute(select(func.count()).select_from(tables.material)).scalar() == len(digests) == 3
        two = connection.execute(
            select(tables.material.c.content).where(tables.material.c.digest == materials.keep(connection, b"two"))
        ).scalar()
        connection.execute(tables.material.update().where(tables.material.c.digest == digest).values(content=two))

        with pytest.raises(StoreError, match="not what was put there"):
            materials.read(connection, digest)
        with pytest.raises(StoreError, match="is not in the store"):
            materials.read(connection, "0" * 64)


def mail(reader: str, boundary: str, picture: bytes, newline: bytes = b"\n") -> bytes:
    head = f"Date: x\r\nTo: {reader}\r\nContent-Type: multipart/alternative; boundary={boundary}\r\n\r\n"
    text = f"--{boundary}\r\nContent-Type: text/plain\r\n\r\n{'Hello. ' * 400}\r\n"
    coded = base64.encodebytes(picture).replace(b"\n", newline).decode()
    chart = f"--{boundary}\r\nContent-Type: image/png\r\n\r\n{coded}\r\n--{boundary}--\r\n"
    return (head + text + chart).encode()


def test_mails_are_kept_byte_for_byte_and_share_their_long_parts(store: Store, now: dt.datetime) -> None:
    picture = random.Random(1).randbytes(40_000)
    sent = {f"k{n}": mail(f"reader{n}@example.org", f"=_{n:024}_0", picture) for n in range(5)}
    with store.begin() as connection:
        kept = [archive.keep_mail(connection, key, content, now) for key, content in sent.items()]
        kept.append(archive.keep_mail(connection, "k0", b"another", now))
    with store.read() as connection:
        found = {key: archive.mail(connection, key) for key in sent}
        assert archive.mail(connection, "k9") is None
        size = connection.execute(select(func.sum(func.length(tables.material.c.content)))).scalar()
        assert connection.execute(select(func.count()).select_from(tables.material)).scalar() == 2

    assert kept == [True] * 5 + [False]
    assert found == sent
    assert size
    assert size < len(sent["k0"])  # five mails take less room than one


def test_a_picture_in_a_mail_and_in_its_report_is_kept_once(store: Store, now: dt.datetime) -> None:
    for size in (2_000, 39_999, 40_000, 40_001, 57 * 700):
        picture = random.Random(size).randbytes(size)
        content = mail("reader@example.org", f"=_{size:024}_0", picture, b"\r\n")
        with store.begin() as connection:
            kept = materials.keep(connection, picture)
            before = connection.execute(select(func.count()).select_from(tables.material)).scalar_one()
            archive.keep_mail(connection, f"mail {size}", content, now)
            assert archive.mail(connection, f"mail {size}") == content
            pieces = connection.execute(
                select(tables.mail_archive.c.pieces).where(tables.mail_archive.c.key == f"mail {size}")
            ).scalar_one()
            assert {"digest": kept, "coding": "base64"} in pieces
            more = connection.execute(select(func.count()).select_from(tables.material)).scalar_one() - before
            assert more == (1 if size == 2_000 else 0)  # the text of the mail


BASE64 = base64.encodebytes(bytes(range(256)) * 20).replace(b"\n", b"\r\n")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--x\r\n",
                b"--\n",
                b"\n",
                b"--=_1_0--\r\n",
                b"\x00\xff",
                b"y" * 3000,
                b"z",
                BASE64,
                BASE64[:-3],
                BASE64[:-1] + b"=\r\n",
                (b"A" * 75 + b"B\r\n") * 30 + b"AB==\r\n",
            ]
        ),
        max_size=8,
    )
)
def test_any_bytes_are_put_together_again_as_they_were(store: Store, now: dt.datetime, parts: list[bytes]) -> None:
    content = b"".join(parts)
    with store.begin() as connection:
        key = f"key {content.hex()[:100]} {len(content)} {hash(content)}"
        archive.keep_mail(connection, key, content, now)
        assert archive.mail(connection, key) == content


def test_a_damaged_mail_is_not_passed_off_as_the_one_sent(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        archive.keep_mail(connection, "k", b"short", now)
        connection.execute(tables.mail_archive.update().values(pieces=[{"text": "other"}]))

        with pytest.raises(StoreError, match="not what was sent"):
            archive.mail(connection, "k")


def test_a_month_can_be_read_again_from_what_its_report_names(store: Store, run: int, now: dt.datetime) -> None:
    first = pulled(store, ["T001"], [entry("T001", x="41")], now)
    frozen = store.freeze({"main": first}, now)
    made = report(store, now, snapshot=frozen.snapshot.id)
    with store.begin() as connection:
        archive.keep_report(connection, made)
    pulled(store, ["T001"], [entry("T001", x="44")], now + dt.timedelta(days=30))

    with store.read() as connection:
        kept = archive.of(connection, made.key)
    assert kept
    assert [e.values for e in store.view(kept.snapshot).entries("main")] == [{"x": "41"}]

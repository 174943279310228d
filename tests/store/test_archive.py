"""What was sent stays, byte for byte, with what it takes to make it again."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from tests.store.filling import entry, pulled

from breakthrough.errors import StoreError
from breakthrough.store import Report, Store, archive, materials, tables


def report(
    store: Store, now: dt.datetime, subject: str = "T001", page: bytes = b"<h1>T001</h1>", **more: object
) -> Report:
    with store.begin() as connection:
        made = Report(
            "absenteeism", "team", subject, "2026-03", 0, now, "abc",
            specification=materials.keep_all(connection, {"collaborative.yaml": b"name: x\n"}),
            templates=materials.keep_all(connection, {"team.html.j2": b"{{ x }}", "css/report.css": b"p{}"}),
            code_version="0.2.0", libraries={"pandas": "3.1.1"}, page=materials.keep(connection, page),
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
        assert materials.read(connection, found.page) == b"<h1>T001</h1>"
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
        pages = [materials.read(connection, one.page) for one in archive.listing(connection)]
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

        def found(**wanted: str) -> list[str]:
            return [f"{one.kind} {one.subject} {one.period}" for one in archive.listing(connection, **wanted)]

        assert found() == ["coach c1 2026-03", "team T001 2026-03", "team T002 2026-03", "team T001 2026-04"]
        assert found(period="2026-03", kind="team") == ["team T001 2026-03", "team T002 2026-03"]
        assert found(subject="T001") == ["team T001 2026-03", "team T001 2026-04"]
        assert found(collaborative="other") == []


def report_of(now: dt.datetime, kind: str, subject: str, period: str) -> Report:
    return Report("absenteeism", kind, subject, period, 0, now, "", "", "", "", {}, f"{kind}{subject}{period}")


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


def mail(reader: str, boundary: str, picture: bytes) -> bytes:
    head = f"Date: x\r\nTo: {reader}\r\nContent-Type: multipart/alternative; boundary={boundary}\r\n\r\n"
    text = f"--{boundary}\r\nContent-Type: text/plain\r\n\r\n{'Hello. ' * 400}\r\n"
    chart = (
        f"--{boundary}\r\nContent-Type: image/png\r\n\r\n{base64.encodebytes(picture).decode()}\r\n--{boundary}--\r\n"
    )
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


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(
        st.sampled_from([b"--x\r\n", b"--\n", b"\n", b"--=_1_0--\r\n", b"\x00\xff", b"y" * 3000, b"z"]), max_size=8
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

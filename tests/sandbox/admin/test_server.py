"""The server's clock, its time zone and its faults, set through the admin page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests
from tests.sandbox.conftest import SUPER_TOKEN, Api, field, new_project

from redcap_sandbox import Refusal, Sandbox, serve
from redcap_sandbox.client import Administrator

FORM = (field("record_id", "f"), field("note", "f"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with serve(tmp_path_factory.mktemp("sandbox"), SUPER_TOKEN, timezone="America/New_York") as running:
        yield running


@pytest.fixture(scope="module")
def owner(server: Sandbox) -> Api:
    return new_project(server, FORM)


@pytest.fixture
def admin(server: Sandbox) -> Iterator[Administrator]:
    made = Administrator(server.url, SUPER_TOKEN)
    yield made
    made.set_clock()
    made.set_timezone("America/New_York")
    made.set_faults("")


def logged(owner: Api) -> str:
    """When the log dates what is done now."""
    owner.save({"record_id": "1", "note": str(datetime.now(UTC))})
    return str(owner.json("log", logtype="record")[0]["timestamp"])


def date(owner: Api) -> datetime:
    """What the server's `Date` header says."""
    return parsedate_to_datetime(owner.call("version").headers["Date"])


def test_a_clock_stands_still_at_a_server_local_time(owner: Api, admin: Administrator) -> None:
    assert admin.set_clock("2026-02-27 10:04:59") == "2026-02-27 10:04:59"
    assert [logged(owner), logged(owner)] == ["2026-02-27 10:04"] * 2
    assert date(owner) == datetime(2026, 2, 27, 15, 4, 59, tzinfo=UTC)
    assert admin.set_clock("2026-07-01T23:30") == "2026-07-01 23:30:00"
    assert date(owner) == datetime(2026, 7, 2, 3, 30, tzinfo=UTC)


def test_a_clock_stands_still_at_a_moment(owner: Api, admin: Administrator) -> None:
    assert admin.set_clock("2026-02-27T10:00:00Z") == "2026-02-27 05:00:00"
    assert admin.set_clock("2026-02-27T10:00:00+02:00") == "2026-02-27 03:00:00"
    assert date(owner) == datetime(2026, 2, 27, 8, tzinfo=UTC)


def test_logic_goes_by_the_clock(owner: Api, admin: Administrator) -> None:
    owner.save({"record_id": "1"})
    for day, rows in (("2026-02-27", 1), ("2026-02-28", 0)):
        admin.set_clock(f"{day} 23:59")
        assert len(owner.json("record", filterLogic="datediff('2026-02-27', 'today', 'd') = 0")) == rows


@pytest.mark.parametrize("seconds", [-86400, 3600])
def test_a_clock_is_fast_or_slow_and_goes_on(owner: Api, admin: Administrator, seconds: int) -> None:
    admin.set_clock(shift=seconds)
    assert abs((date(owner) - datetime.now(UTC)).total_seconds() - seconds) < 10


def test_without_a_word_the_clock_is_the_real_one(owner: Api, admin: Administrator) -> None:
    admin.set_clock("2001-01-01")
    admin.set_clock()
    assert abs((date(owner) - datetime.now(UTC)).total_seconds()) < 10


def test_the_hour_that_comes_twice_in_autumn_is_logged_twice(owner: Api, admin: Administrator) -> None:
    # A client that looks for what is new by the log's time sees time run backwards.
    stamps = []
    for moment in ("2025-11-02T05:59Z", "2025-11-02T06:01Z", "2025-11-02T07:00Z"):
        admin.set_clock(moment)
        stamps.append(logged(owner))
        assert date(owner) == datetime.fromisoformat(moment)
    assert stamps == ["2025-11-02 01:59", "2025-11-02 01:01", "2025-11-02 02:00"]


def test_the_hour_that_is_missing_in_spring_is_never_logged(owner: Api, admin: Administrator) -> None:
    admin.set_clock("2026-03-08T06:59Z")
    assert logged(owner) == "2026-03-08 01:59"
    admin.set_clock("2026-03-08T07:00Z")
    assert logged(owner) == "2026-03-08 03:00"
    assert admin.set_clock("2026-03-08 02:30") == "2026-03-08 03:30:00"


def test_another_time_zone_shows_the_same_moment_at_another_hour(owner: Api, admin: Administrator) -> None:
    admin.set_clock("2026-02-27 10:00")
    assert admin.set_timezone("Asia/Kathmandu") == "2026-02-27 20:45:00"
    assert logged(owner) == "2026-02-27 20:45"
    assert date(owner) == datetime(2026, 2, 27, 15, tzinfo=UTC)


def test_the_date_header_agrees_with_the_clock_of_the_program(
    server: Sandbox, owner: Api, admin: Administrator
) -> None:
    server.clock = lambda: datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001  (naive: server-local)
    assert logged(owner) == "2026-01-02 03:04"
    assert date(owner) == datetime(2026, 1, 2, 8, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "shift", "words"),
    [
        ("yesterday", "0", '"now" is not valid'),
        ("2026-02-30", "0", '"now" is not valid'),
        ("0001-01-01T00:00:00+14:00", "0", '"now" is not valid'),
        ("1969-12-31", "0", '"now" is not valid'),
        ("9999-12-31T23:59:59-12:00", "0", '"now" is not valid'),
        ("", "1.5", '"shift" is not valid'),
        ("", "²", '"shift" is not valid'),
        ("", "99999999999", '"shift" is not valid'),
        ("", "-9999999999", '"shift" is not valid'),
        ("2026-01-01", "60", "not both"),
    ],
)
def test_a_time_that_there_is_not_is_refused_and_the_clock_stays(
    owner: Api, admin: Administrator, now: str, shift: str, words: str
) -> None:
    admin.set_clock("2026-02-27 10:00")
    with pytest.raises(Refusal, match=words):
        admin.call("set_clock", now=now, shift=shift)
    assert logged(owner) == "2026-02-27 10:00"


@pytest.mark.parametrize("zone", ["", "Europe/Lundun", "../UTC", "/etc/localtime", "America"])
def test_a_zone_that_there_is_not_is_refused(owner: Api, admin: Administrator, zone: str) -> None:
    admin.set_clock("2026-02-27 10:00")
    with pytest.raises(Refusal, match='"timezone" is not valid'):
        admin.set_timezone(zone)
    assert logged(owner) == "2026-02-27 10:00"


def test_a_zone_in_which_the_clock_would_leave_the_calendar_is_refused(admin: Administrator) -> None:
    assert admin.set_clock("9999-12-31T20:00Z") == "9999-12-31 15:00:00"
    with pytest.raises(Refusal, match='"timezone" is not valid'):
        admin.set_timezone("Pacific/Kiritimati")
    admin.set_clock()
    admin.set_timezone("Pacific/Kiritimati")
    with pytest.raises(Refusal, match='"now" is not valid'):
        admin.set_clock("9999-12-31T20:00Z")


# --- faults ---------------------------------------------------------------------------------------------------------

RULES = """
rules:
  - {kind: status, status: 503, content: record, action: export}
  - {kind: forbidden, content: version}
"""


def test_faults_are_in_force_until_they_are_replaced(owner: Api, admin: Administrator) -> None:
    assert admin.set_faults(RULES) == 2
    assert owner.call("record").status_code == 503
    assert owner.call("version").status_code == 403
    assert owner.call("project").status_code == 200
    assert admin.set_faults("") == 0
    assert owner.call("record").status_code == 200


def test_faults_leave_the_admin_page_alone(owner: Api, admin: Administrator) -> None:
    admin.set_faults("rules: [{kind: drop}]")
    with pytest.raises(requests.ConnectionError):
        owner.call("version")
    assert admin.set_faults("") == 0


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ("rules: [{kind: latencies}]", "faults, rule 1: the kind 'latencies' is not known. Did you mean 'latency'"),
        (
            "rules: [{kind: empty, content: records}]",
            "faults, rule 1: the content 'records' is not known. Did you mean 'record'",
        ),
        ("rules: [{kind: empty, action: expert}]", "the action 'expert' is not known. Did you mean 'export'"),
        ("rules: [", "not valid YAML"),
    ],
)
def test_faults_with_mistakes_are_refused_and_the_others_stay(
    owner: Api, admin: Administrator, faults: str, words: str
) -> None:
    admin.set_faults(RULES)
    with pytest.raises(Refusal, match=words):
        admin.set_faults(faults)
    assert owner.call("record").status_code == 503


def test_a_skew_is_added_to_the_staged_clock_in_log_and_header(owner: Api, admin: Administrator) -> None:
    admin.set_clock("2026-02-27 10:00")
    admin.set_faults("rules: [{kind: skew, seconds: 3600}]")
    assert date(owner) == datetime(2026, 2, 27, 16, tzinfo=UTC)
    assert logged(owner) == "2026-02-27 11:00"


def test_a_restart_goes_by_the_real_time_again(tmp_path: Path) -> None:
    with serve(tmp_path, SUPER_TOKEN) as first:
        Administrator(first.url, SUPER_TOKEN).set_clock("2001-01-01")
    with serve(tmp_path, SUPER_TOKEN) as second:
        assert Administrator(second.url, SUPER_TOKEN).set_clock() > "2026"

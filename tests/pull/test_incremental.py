"""Every kind of change, caught by a pull that reads only what may have changed; then all is as after a full pull."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from tests.pull.site import OWNER, Site, content, grouped, held

from breakthrough.errors import Refused
from breakthrough.pull import Pulled
from breakthrough.store import Store, Tally, aliases, deletions, known


def level(site: Site, store: Store, other: Store) -> None:
    """The store holds what REDCap holds, as read by other means, and what a full pull into an empty store brings."""
    assert held(store) == site.truth()
    site.pull(other, mode="full")
    assert list(store.entries("main")) == list(other.entries("main"))
    with store.read() as ours, other.read() as theirs:
        assert known.groups(ours, "main") == known.groups(theirs, "main") == site.groups()


def after(site: Site, store: Store, change: Callable[[], None]) -> Pulled:
    """A pull half an hour after that change, which came two hours after a full pull."""
    site.pull(store)
    site.host.wait(hours=2)
    change()
    site.host.wait(minutes=30)
    return site.pull(store)


def test_only_what_was_changed_is_read(site: Site, store: Store, other: Store) -> None:
    done = after(site, store, lambda: site.enter(site.month("T002", 2, 999)))

    assert (done.run.mode, done.run.records, done.run.listed) == ("changed", 1, 5)
    assert done.run.tally == Tally(updated=1, unchanged=3)
    assert held(store)["T002", "", "monthly_measures", 2]["sd_abs"] == "999"
    level(site, store, other)


def test_nothing_changed_reads_nothing(site: Site, store: Store) -> None:
    done = after(site, store, lambda: None)

    assert (done.run.mode, done.run.records, done.run.tally) == ("changed", 0, Tally())


def test_a_second_pull_changes_nothing(site: Site, store: Store) -> None:
    done = after(site, store, lambda: site.enter(site.month("T002", 2, 999)))
    entries, history, _ = content(store)

    again = site.pull(store)

    assert done.run.changed == 1
    assert (again.run.mode, again.run.changed) == ("changed", 0)
    assert content(store)[:2] == (entries, history)


def test_a_new_record(site: Site, store: Store, other: Store) -> None:
    done = after(site, store, lambda: site.enter({"record_id": "T006", "tp_name": "Late"}))

    assert done.run.tally == Tally(inserted=1)
    level(site, store, other)


def test_a_blanked_value(site: Site, store: Store, other: Store) -> None:
    done = after(site, store, lambda: site.enter(site.month("T001", 1, 0) | {"sd_abs": ""}))

    assert done.run.tally == Tally(updated=1, unchanged=3)
    assert "sd_abs" not in held(store)["T001", "", "monthly_measures", 1]
    level(site, store, other)


def test_an_edit_on_a_page_by_a_person(site: Site, store: Store, other: Store) -> None:
    def save() -> None:
        site.admin.save_form(site.number, OWNER, "T003", "team_charter", {"tc_aim": "Fewer absences: déjà"}, status="2")

    assert after(site, store, save).run.tally == Tally(inserted=1, unchanged=4)
    level(site, store, other)


def test_a_deleted_repeat_instance(site: Site, store: Store, other: Store) -> None:
    done = after(site, store, lambda: site.delete("T003", instrument="monthly_measures", repeat_instance="2"))

    assert done.run.tally == Tally(deleted=1, unchanged=3)
    assert ("T003", "", "monthly_measures", 2) not in held(store)
    level(site, store, other)


def test_a_deleted_form(site: Site, store: Store, other: Store) -> None:
    done = after(site, store, lambda: site.delete("T003", instrument="team_profile"))

    assert done.run.tally == Tally(deleted=1, unchanged=3)
    level(site, store, other)


def test_a_record_that_was_moved_to_another_group(site: Site, store: Store, other: Store) -> None:
    done = after(site, store, lambda: site.admin.assign_group(site.number, "T004", "t005"))

    assert done.run.tally == Tally(updated=4)
    assert {v.cause for v in store.history("main", "T004") if v.op == "U"} == {"moved"}
    level(site, store, other)


def test_a_group_that_was_changed_without_a_trace_in_the_log(site: Site, store: Store, other: Store) -> None:
    """The list of records says which group each is in."""

    def move() -> None:
        moment, site.host.now = site.host.now, site.host.now - dt.timedelta(hours=5)  # logged before the window
        site.admin.assign_group(site.number, "T004", "t005")
        site.host.now = moment

    assert after(site, store, move).run.records == 1
    assert grouped(store)["T004"] == "t005"
    level(site, store, other)


def test_a_renamed_record_keeps_its_history_under_both_names(site: Site, store: Store, other: Store) -> None:
    done = after(site, store, lambda: site.rename("T002", "T902"))

    assert (done.renamed, done.second_list, done.person) == (1, 0, 0)
    assert done.run.tally == Tally(inserted=4, deleted=4)
    with store.read() as connection:
        assert [(one.old, one.new) for one in aliases.of(connection, "main")] == [("T002", "T902")]
    assert {v.cause for v in store.history("main", "T002") if v.op == "D"} == {"renamed"}
    level(site, store, other)


def test_a_renamed_record_without_the_right_to_the_log_is_told_by_its_content(
    site: Site, store: Store, other: Store
) -> None:
    client = site.host.client(site.user("worker", {"logging": 0}))
    assert client.log(site.host.now.replace(tzinfo=None)) is None
    site.pull(store, client)
    site.host.wait(hours=2)
    site.enter({"record_id": "T002", "tp_name": "Like no other"})
    site.host.wait(hours=2)
    site.pull(store, client)
    site.rename("T002", "T902")
    site.host.wait(hours=2)

    assert site.pull(store, client).renamed == 1
    level(site, store, other)


def test_a_renamed_record_that_was_edited_at_once_is_told_by_the_log(site: Site, store: Store, other: Store) -> None:
    def rename() -> None:
        site.rename("T002", "T902")
        site.enter(site.month("T902", 1, 777))

    assert after(site, store, rename).renamed == 1
    level(site, store, other)


def test_a_record_renamed_to_a_name_just_given_up_is_told_from_the_one_that_gave_it_up(
    site: Site, store: Store, other: Store
) -> None:
    def rename() -> None:
        site.rename("T001", "T901")
        site.rename("T002", "T001")

    after(site, store, rename)
    site.host.wait(minutes=2)
    site.pull(store)  # the second list, as a fifth of the records are missing

    with store.read() as connection:
        told = [(one.old, one.new) for one in aliases.of(connection, "main")]
    assert ("T002", "T901") not in told
    level(site, store, other)


def test_of_two_records_alike_none_is_taken_for_the_renamed_one(site: Site, store: Store) -> None:
    client = site.host.client(site.user("worker", {"logging": 0}))
    site.admin.assign_group(site.number, "T001", "")
    site.admin.assign_group(site.number, "T002", "")
    site.enter({"record_id": "T001", "tp_name": "Same"}, {"record_id": "T002", "tp_name": "Same"})
    site.pull(store, client)
    site.host.wait(hours=2)
    site.rename("T001", "T901")
    site.rename("T002", "T902")

    assert site.pull(store, client).renamed == 0


# --- time ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", [0, 59])
@pytest.mark.parametrize("pulled_at", [0, 59])
def test_an_edit_in_the_same_minute_as_the_pull_before(
    site: Site, store: Store, other: Store, second: int, pulled_at: int
) -> None:
    minute = site.host.now.replace(hour=9, minute=0, second=0)
    site.host.now = minute.replace(second=pulled_at)
    site.pull(store)
    site.host.now = minute.replace(second=second)
    site.enter(site.month("T002", 2, 999))
    site.host.now = minute + dt.timedelta(hours=1)

    assert site.pull(store).run.tally.updated == 1
    level(site, store, other)


def test_an_edit_while_the_pull_goes_on_is_caught_by_the_next(site: Site, store: Store, other: Store) -> None:
    """Of a record that was read before it was edited."""

    def edit(_: int) -> None:
        if held(store)["T001", "", "monthly_measures", 1]["sd_abs"] == "100":
            site.enter(site.month("T001", 1, 555))

    site.pull(store, advance=edit)
    assert held(store)["T001", "", "monthly_measures", 1]["sd_abs"] == "100"
    site.host.wait(hours=3)

    assert site.pull(store).run.tally.updated == 1
    level(site, store, other)


def test_the_cursor_is_the_servers_time_before_anything_was_asked_less_a_minute(site: Site, store: Store) -> None:
    began = site.host.now

    done = site.pull(store, advance=lambda _: site.host.wait(minutes=5))

    assert store.cursor("main") == done.run.hi == began - dt.timedelta(seconds=60)


@pytest.mark.parametrize("minutes", [-7, 7])
def test_a_clock_that_is_somewhat_wrong_loses_nothing(site: Site, store: Store, other: Store, minutes: int) -> None:
    """The server goes by a wrong clock, and is put right before the edit."""
    wrong = dt.timedelta(minutes=minutes)
    site.host.sandbox.clock = lambda: site.host.now + wrong
    site.pull(store)
    site.host.sandbox.clock = lambda: site.host.now
    site.host.wait(seconds=1)
    site.enter(site.month("T002", 2, 999))
    site.host.wait(hours=1)

    assert site.pull(store).run.tally.updated == 1
    level(site, store, other)


def test_a_replica_that_lags_by_less_than_the_overlap_loses_nothing(site: Site, store: Store, other: Store) -> None:
    site.pull(store)
    site.host.wait(hours=2)
    site.host.faults({"kind": "lag", "seconds": 30, "content": ["record", "log"]})
    site.enter(site.month("T002", 2, 999))
    assert site.pull(store).run.tally.updated == 0  # the replica does not know it yet
    site.host.faults()
    site.host.wait(hours=2)

    assert site.pull(store).run.tally.updated == 1
    level(site, store, other)


FOLD = [
    # New York sets its clocks back at 06:00 UTC on 1 November 2026: 01:00 to 02:00 comes twice
    pytest.param("2026-11-01T05:40", "2026-11-01T06:10", id="pulled in the first pass, edited earlier by the clock"),
    pytest.param("2026-11-01T05:59", "2026-11-01T06:00", id="the minute of the change"),
    pytest.param("2026-11-01T06:30", "2026-11-01T06:40", id="both in the second pass"),
    pytest.param("2026-11-01T04:00", "2026-11-01T06:50", id="before and in the second pass"),
    pytest.param("2026-11-01T06:58", "2026-11-01T07:02", id="at the end of the second pass"),
    # and forward at 07:00 UTC on 14 March 2027: 02:00 to 03:00 never comes
    pytest.param("2027-03-14T06:59", "2027-03-14T07:01", id="over the gap"),
    pytest.param("2027-03-14T07:01", "2027-03-14T07:05", id="after the gap"),
]


@pytest.mark.parametrize(("pulled", "edited"), FOLD)
def test_edits_when_the_clocks_are_changed(site: Site, store: Store, other: Store, pulled: str, edited: str) -> None:
    site.host.set_zone("America/New_York")
    site.host.now = dt.datetime.fromisoformat(pulled).replace(tzinfo=dt.UTC)
    site.pull(store)
    site.host.now = dt.datetime.fromisoformat(edited).replace(tzinfo=dt.UTC)
    site.enter(site.month("T002", 2, 999))
    site.host.wait(hours=3)

    assert site.pull(store).run.tally.updated == 1
    level(site, store, other)


def test_the_zone_is_the_servers(site: Site, store: Store, other: Store) -> None:
    """Hours behind UTC, where an edit would lie far before the window if that were written in UTC."""
    site.host.set_zone("America/Los_Angeles")

    assert after(site, store, lambda: site.enter(site.month("T002", 2, 999))).run.tally.updated == 1
    level(site, store, other)


# --- large projects --------------------------------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five records are many."""
    monkeypatch.setattr("breakthrough.pull.candidates.EACH_TIME", 5)


@pytest.mark.usefixtures("large")
def test_of_a_large_project_the_list_is_asked_for_once_a_day(site: Site, store: Store, other: Store) -> None:
    site.pull(store)
    listed = []
    for _ in range(5):
        site.host.wait(hours=6)
        site.enter(site.month("T002", 2, site.host.now.hour))
        listed.append(site.pull(store).run.listed)

    assert listed == [None, None, None, 5, None]
    level(site, store, other)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("change", ["delete", "rename"])
def test_and_at_once_where_the_log_tells_of_more_than_edits(site: Site, store: Store, change: str) -> None:
    changes: dict[str, Callable[[], None]] = {
        "delete": lambda: site.delete("T002"),
        "rename": lambda: site.rename("T002", "T902"),
    }
    done = after(site, store, changes[change])

    assert done.run.listed == (4 if change == "delete" else 5)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("group", ["t001", "t005"])
def test_a_token_that_comes_into_a_group_is_refused_although_no_list_is_asked_for(
    site: Site, store: Store, group: str
) -> None:
    """Of what was changed in other groups REDCap would tell it nothing."""
    client = site.host.client(site.user("worker", {"data_access_groups": 1}))
    site.pull(store, client)
    before = content(store)
    site.host.wait(hours=2)
    site.enter(site.month("T002", 2, 999))
    site.admin.set_user_group(site.number, "worker", group)

    with pytest.raises(Refused, match="Take that user out of its group"):
        site.pull(store, client)

    assert content(store) == before


@pytest.mark.usefixtures("large")
def test_those_that_wait_to_be_let_go_have_the_list_asked_for_again(site: Site, store: Store) -> None:
    """They are asked for without it, all in one chunk, of which REDCap returns none."""
    after(site, store, lambda: site.delete("T002", "T003"))
    site.host.wait(hours=3)

    done = site.pull(store)

    assert (done.run.mode, done.run.records, done.run.listed, done.person) == ("changed", 2, 3, 2)


@pytest.mark.usefixtures("large")
def test_one_that_waits_and_is_returned_after_all_waits_no_longer(site: Site, store: Store, other: Store) -> None:
    after(site, store, lambda: site.delete("T002"))
    site.host.wait(hours=3)
    site.enter({"record_id": "T002", "redcap_data_access_group": "t002", "tp_name": "Restored"})

    done = site.pull(store)

    with store.read() as connection:
        assert (done.run.listed, deletions.of(connection, "main")) == (None, ())
    level(site, store, other)


@pytest.mark.usefixtures("large")
def test_a_candidate_that_is_not_there_any_more_is_looked_up_in_the_list(
    site: Site, store: Store, other: Store
) -> None:
    """Deleted after it was edited, with its lines in the log wiped in between, so that only the answer lacks it."""
    client = site.host.client(site.user("worker", {"logging": 0}))
    site.pull(store, client)
    site.host.wait(hours=2)
    site.enter(site.month("T002", 2, 999))
    asked = client.changed_since

    def changed_since(moment: dt.datetime) -> list[str]:
        found = asked(moment)
        site.delete("T002")
        return found

    client.changed_since = changed_since  # type: ignore[method-assign]
    done = site.pull(store, client)

    assert (done.run.records, done.run.listed, done.second_list) == (1, 4, 1)
    site.host.wait(minutes=2)
    client.changed_since = asked  # type: ignore[method-assign]
    site.host.wait(hours=24)
    site.pull(store, client)
    level(site, store, other)

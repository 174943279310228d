"""Records that have gone: caught with and without a trace, and never believed lightly."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.pull.site import DICTIONARY, Host, Site, content, held

from breakthrough.errors import AnswerUnreadable, Refused
from breakthrough.pull import Pulled
from breakthrough.redcap.record_list import RecordList
from breakthrough.store import Store, deletions


@pytest.fixture
def many(host: Host) -> Site:
    """Forty teams, so that one or two are few."""
    made = host.project()
    made.enter(*({"record_id": f"R{n}", "tp_name": f"Team {n}"} for n in range(40)))
    host.wait(hours=1)
    return made


def after(site: Site, store: Store, change: Callable[[], None]) -> Pulled:
    site.pull(store)
    site.host.wait(hours=2)
    change()
    site.host.wait(minutes=30)
    return site.pull(store)


def waiting(store: Store) -> list[str]:
    with store.read() as connection:
        return [one.record for one in deletions.of(connection, "main")]


def confirm(site: Site, store: Store) -> None:
    with store.begin() as connection:
        deletions.confirm(connection, "main", "ann", site.host.now)


@pytest.mark.parametrize("wiped", [False, True])
def test_few_go_at_once_whether_the_log_knows_of_it_or_not(many: Site, store: Store, wiped: bool) -> None:
    def delete() -> None:
        for record in ("R7", "R30"):
            many.admin.delete_record(many.number, record, wipe_log=wiped)

    done = after(many, store, delete)

    assert (done.run.mode, done.run.tally.deleted, waiting(store)) == ("changed", 2, [])
    assert held(store) == many.truth()
    assert [v.cause for v in store.history("main", "R7")] == ["entered", "record"]


def test_a_deleted_record_that_comes_back_is_read_again(many: Site, store: Store) -> None:
    after(many, store, lambda: many.delete("R7"))
    many.enter({"record_id": "R7", "tp_name": "Team 7"})

    many.pull(store)

    assert held(store) == many.truth()
    assert [v.cause for v in store.history("main", "R7")] == ["entered", "record", "returned"]


def test_some_go_only_when_a_list_a_minute_later_says_the_same(site: Site, store: Store) -> None:
    """One of five teams is a fifth of them."""
    first = after(site, store, lambda: site.delete("T002"))
    site.host.wait(seconds=59)
    second = site.pull(store)
    still = {key for key in held(store) if key[0] == "T002"}
    site.host.wait(seconds=1)
    third = site.pull(store)

    assert [(p.second_list, p.run.tally.deleted) for p in (first, second, third)] == [(1, 0), (1, 0), (0, 4)]
    assert len(still) == 4
    assert held(store) == site.truth()
    assert waiting(store) == []


def test_one_that_is_listed_again_no_longer_waits_and_is_read_anew(host: Host, store: Store) -> None:
    """What was entered while it was hidden would lie before the window."""
    site = host.project()
    site.enter(*({"record_id": f"T{n}", "tp_name": f"Team {n}"} for n in range(5)))
    after(site, store, lambda: site.delete("T2"))
    site.enter({"record_id": "T2", "tp_name": "Back"})
    client = host.client(site.token)
    client.changed_since = lambda moment: []  # type: ignore[method-assign]
    client.log = lambda *_, **__: []  # type: ignore[method-assign]

    done = site.pull(store, client)

    assert (done.second_list, waiting(store)) == (0, [])
    assert held(store) == site.truth()


def test_many_wait_for_a_person_however_often_the_list_says_so(many: Site, store: Store) -> None:
    gone = [f"R{n}" for n in range(9)]
    first = after(many, store, lambda: many.delete(*gone))
    many.host.wait(hours=1)
    second = many.pull(store)

    assert [(p.person, p.run.tally.deleted) for p in (first, second)] == [(9, 0), (9, 0)]
    assert (first.run.mode, first.comparison is not None) == ("reconcile", True)
    assert waiting(store) == sorted(gone)

    confirm(many, store)
    third = many.pull(store)

    assert (third.person, third.run.tally.deleted, waiting(store)) == (0, 9, [])
    assert held(store) == many.truth()


def test_a_person_confirms_only_what_was_missing_then(many: Site, store: Store) -> None:
    after(many, store, lambda: many.delete(*(f"R{n}" for n in range(9))))
    confirm(many, store)
    many.delete(*(f"R{n}" for n in range(20, 30)))

    done = many.pull(store)

    assert (done.run.tally.deleted, done.person) == (9, 10)


def test_a_confirmed_record_that_is_there_after_all_stays(many: Site, store: Store) -> None:
    after(many, store, lambda: many.delete(*(f"R{n}" for n in range(9))))
    confirm(many, store)
    many.enter({"record_id": "R3", "tp_name": "Restored"})

    many.pull(store)

    assert held(store) == many.truth()


def test_an_empty_list_is_not_believed_and_nothing_moves(many: Site, store: Store) -> None:
    many.pull(store)
    before = content(store)
    many.host.wait(hours=2)
    client = many.host.client(many.token)
    client.record_list = lambda **_: RecordList.named([])  # type: ignore[method-assign]

    with pytest.raises(AnswerUnreadable, match="no records, but the store holds 40"):
        many.pull(store, client)

    assert content(store) == before


def test_an_empty_list_agrees_with_no_other(site: Site, store: Store) -> None:
    """One of five teams is a fifth of them: two lists must lack it, and an empty one is not believed."""
    site.pull(store)
    client = site.host.client(site.token)
    client.record_list = lambda **_: RecordList.of({})  # type: ignore[method-assign]
    with pytest.raises(AnswerUnreadable):
        site.pull(store, client)
    site.host.wait(hours=2)
    site.delete("T002")

    done = []
    for seconds in (0, 59, 1):
        site.host.wait(seconds=seconds)
        done.append(site.pull(store).run.tally.deleted)

    assert done == [0, 0, 4]
    assert held(store) == site.truth()


def test_a_project_that_was_really_emptied_is_emptied_here_once_a_person_says_so(many: Site, store: Store) -> None:
    many.pull(store)
    many.delete(*(f"R{n}" for n in range(40)))
    with pytest.raises(AnswerUnreadable, match="--confirm-deletions"):
        many.pull(store)
    confirm(many, store)

    done = many.pull(store)

    assert (done.run.tally.deleted, held(store), done.run.state) == (40, {}, "complete")


def test_an_empty_project_is_pulled_into_an_empty_store(host: Host, store: Store) -> None:
    done = host.project().pull(store)
    assert (done.run.state, done.run.records, done.run.changed) == ("complete", 0, 0)


# --- production ------------------------------------------------------------------------------------------------------------


def test_records_erased_by_a_move_to_production_wait_for_a_person(many: Site, store: Store) -> None:
    many.pull(store)
    before = content(store)
    many.admin.to_production(many.number, keep_data=False)
    with pytest.raises(AnswerUnreadable, match="no records"):
        many.pull(store)
    assert content(store) == before

    many.enter(*({"record_id": f"R{n}", "tp_name": f"Team {n}"} for n in range(39)))
    for _ in range(3):  # one of forty is missing, and goes on waiting
        many.host.wait(hours=1)
        done = many.pull(store)
        assert (done.run.mode, done.person, done.run.tally.deleted) == ("reconcile", 1, 0)
    confirm(many, store)
    assert many.pull(store).run.tally.deleted == 1
    assert many.pull(store).run.mode == "changed"


def test_a_move_to_production_that_keeps_the_records_has_everything_looked_at_once(many: Site, store: Store) -> None:
    many.pull(store)
    many.admin.to_production(many.number)
    many.host.wait(hours=1)

    modes = [many.pull(store).run.mode for _ in range(2)]

    assert modes == ["reconcile", "changed"]


# --- rights ----------------------------------------------------------------------------------------------------------------


def test_a_token_that_comes_into_a_group_is_refused(site: Site, store: Store) -> None:
    client = site.host.client(site.user("worker", {"data_access_groups": 1}))
    site.pull(store, client)
    before = content(store)
    site.admin.set_user_group(site.number, "worker", "t001")
    assert client.record_ids() == ["T001"]

    with pytest.raises(Refused, match="Take that user out of its group"):
        site.pull(store, client)

    assert content(store) == before


def test_also_where_it_may_not_see_the_groups(site: Site, store: Store) -> None:
    client = site.host.client(site.user("worker", {}))
    with pytest.raises(Refused):
        client.dags()
    site.pull(store, client)
    before = content(store)
    site.admin.set_user_group(site.number, "worker", "t001")

    with pytest.raises(Refused, match="Take that user out of its group"):
        site.pull(store, client)

    assert content(store) == before


@pytest.mark.parametrize("level", [0, 2, 3])
def test_a_narrowed_export_right_takes_nothing_away(site: Site, store: Store, level: int) -> None:
    """No access, de-identified, identifiers removed: columns or values would look blanked."""
    site.design([row | {"identifier": "y"} if row["field_name"] == "sd_abs" else row for row in DICTIONARY])
    client = site.host.client(site.user("worker", {}))
    site.pull(store, client)
    before = content(store)
    site.host.wait(hours=2)
    site.enter(site.month("T001", 1, 111), {"record_id": "T001", "tc_aim": "free text"})
    site.admin.set_rights(
        site.number, "worker", forms_export={"monthly_measures": level, "team_charter": level, "team_profile": 1}
    )

    with pytest.raises((Refused, AnswerUnreadable)):
        site.pull(store, client)

    assert content(store) == before

"""A project whose dictionary, events, repeats or groups have changed is read anew, and tells why values went."""

from __future__ import annotations

import pytest
from tests.pull.site import DICTIONARY, REPEATING, Host, Row, Site, ask, cell, content, held

from breakthrough.entry import EntryKey
from breakthrough.errors import SettingInvalid
from breakthrough.pull import Need
from breakthrough.pull.ending import Ending
from breakthrough.store import Store, Tally, projects


def without(*names: str) -> list[Row]:
    return [row for row in DICTIONARY if row["field_name"] not in names]


def versions(store: Store) -> int | None:
    with store.read() as connection:
        return projects.version(connection, "main")


def test_a_field_taken_out_is_tombstoned_as_removed(site: Site, store: Store, other: Store) -> None:
    site.pull(store)
    site.host.wait(hours=2)
    site.design(without("sd_abs"))

    done = site.pull(store)

    assert (done.run.mode, done.removed, done.run.tally) == ("full", ("sd_abs",), Tally(updated=15, unchanged=5))
    assert {v.cause for v in store.history("main") if v.op == "U"} == {"schema"}
    trace = store.trace(EntryKey("main", "T001", "", "monthly_measures", 1), "sd_abs")
    assert [(c.kind, c.cause) for c in trace.changes] == [("entered", "entered"), ("field_removed", "schema")]
    assert held(store) == site.truth()
    site.pull(other)
    assert list(store.entries("main")) == list(other.entries("main"))


def test_what_was_edited_meanwhile_is_told_apart(site: Site, store: Store) -> None:
    site.pull(store)
    site.enter(site.month("T001", 1, 100) | {"mm_period": "2025-01-01"})
    site.design(without("sd_abs"))

    site.pull(store)

    causes = {v.entry.key.record: v.cause for v in store.history("main") if v.op == "U"}
    assert causes == {f"T00{n}": "edited" if n == 1 else "schema" for n in range(1, 6)}


def test_a_form_taken_out_goes_as_a_whole(site: Site, store: Store) -> None:
    site.pull(store)
    site.client.import_repeating([])
    site.design(without("mm_period", "sd_abs"))

    done = site.pull(store)

    assert done.removed == ("mm_period", "monthly_measures_complete", "sd_abs")
    assert {(v.op, v.cause) for v in store.history("main") if v.entry.key.instrument == "monthly_measures"} == {
        ("I", "entered"),
        ("D", "schema"),
    }
    assert held(store) == site.truth()


@pytest.mark.parametrize(
    "dictionary",
    [
        pytest.param([*DICTIONARY, cell("new", "monthly_measures")], id="a field added"),
        pytest.param(
            [
                row | {"select_choices_or_calculations": "1, Mon | 2, Tuesday"}
                if row["field_name"] == "tp_days"
                else row
                for row in DICTIONARY
            ],
            id="a choice reworded",
        ),
        pytest.param(
            [row | {"field_label": "Other"} if row["field_name"] == "tc_aim" else row for row in DICTIONARY],
            id="a label",
        ),
    ],
)
def test_any_other_change_reads_everything_and_changes_nothing(site: Site, store: Store, dictionary: list[Row]) -> None:
    site.pull(store)
    site.host.wait(hours=2)
    site.design(dictionary)
    assert site.client.import_repeating(REPEATING) == 1

    modes = [(done.run.mode, done.run.changed) for done in (site.pull(store), site.pull(store))]

    assert modes == [("full", 0), ("changed", 0)]
    assert versions(store) == 2


def test_what_a_pull_that_broke_off_read_under_a_design_that_was_taken_back_is_read_again(
    site: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old design is the one that the store was last read whole under, and yet not all of it is as under that."""
    site.pull(store)
    site.host.wait(hours=2)
    site.client.import_repeating([*REPEATING, {"form_name": "team_charter", "custom_form_label": ""}])
    with monkeypatch.context() as broken:
        broken.setattr(Ending, "end", None)
        with pytest.raises(TypeError):
            site.pull(store)
    site.client.import_repeating(REPEATING)

    done = site.pull(store)

    assert done.run.mode == "full"
    assert held(store) == site.truth()
    assert site.pull(store).run.mode == "changed"


def test_a_renamed_field_is_one_that_went_and_one_that_came(site: Site, store: Store) -> None:
    """REDCap's values stay behind under the old name, so a measure of it must be stopped, not computed from blanks."""
    site.pull(store)
    site.design([row | {"field_name": "sd_absent"} if row["field_name"] == "sd_abs" else row for row in DICTIONARY])

    done = site.pull(store)

    assert done.removed == ("sd_abs",)
    assert held(store) == site.truth()


def test_a_draft_changes_nothing_until_it_is_approved(site: Site, store: Store) -> None:
    site.admin.to_production(site.number)
    site.pull(store)
    site.host.wait(hours=2)
    site.admin.enter_draft(site.number)
    site.admin.upload_draft(site.number, without("sd_abs"))
    assert site.pull(store).run.mode == "changed"
    site.admin.submit_draft(site.number)
    assert site.pull(store).run.mode == "changed"
    site.admin.approve_draft(site.number)
    site.dictionary = without("sd_abs")

    done = site.pull(store)

    assert (done.run.mode, done.removed) == ("full", ("sd_abs",))
    assert held(store) == site.truth()


def test_a_form_that_comes_to_repeat_has_what_it_held_as_its_first_repeat(site: Site, store: Store) -> None:
    site.enter({"record_id": "T001", "tc_aim": "Fewer absences"})
    site.pull(store)
    site.host.wait(hours=2)
    site.client.import_repeating([*REPEATING, {"form_name": "team_charter", "custom_form_label": ""}])

    assert site.pull(store).run.mode == "full"
    assert held(store) == site.truth()
    charter = [v for v in store.history("main", "T001") if v.entry.key.instrument == "team_charter"]
    assert [(v.op, v.entry.key.instance, v.cause) for v in charter] == [
        ("I", 0, "entered"),
        ("I", 1, "schema"),
        ("D", 0, "schema"),
    ]


def test_groups_are_part_of_the_design(site: Site, store: Store) -> None:
    site.pull(store)
    site.host.wait(hours=2)
    site.client.import_dags([{"data_access_group_name": "T006", "unique_group_name": ""}])

    assert [site.pull(store).run.mode for _ in range(2)] == ["full", "changed"]


def test_a_full_pull_that_breaks_off_is_made_up_for(site: Site, store: Store) -> None:
    """The new dictionary was noted, and the records under it were not all read."""

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    site.pull(store)
    site.host.wait(hours=2)
    site.design(without("sd_abs"))
    with pytest.raises(KeyboardInterrupt):
        site.pull(store, advance=stop)

    done = site.pull(store)

    assert (done.run.mode, done.removed) == ("full", ("sd_abs",))
    assert {v.cause for v in store.history("main") if v.op == "U"} == {"schema"}
    assert held(store) == site.truth()


# --- what is asked for ---------------------------------------------------------------------------------------------------


def test_asking_for_less_is_as_good_as_another_design(site: Site, store: Store) -> None:
    site.pull(store)

    done = site.pull(store, need=Need(frozenset({"tp_name", "mm_period"})))

    assert (done.run.mode, done.removed) == ("full", ())
    trace = store.trace(EntryKey("main", "T001", "", "monthly_measures", 1), "sd_abs")
    assert [c.kind for c in trace.changes] == ["entered", "not_asked"]
    assert held(store)["T001", "", "monthly_measures", 1] == {
        "mm_period": "2026-01-01",
        "monthly_measures_complete": "0",
    }


def test_a_needed_field_that_redcap_lacks_is_named(site: Site, store: Store) -> None:
    done = site.pull(store, need=Need(frozenset({"tp_name", "sd_poss"})))

    assert done.lacking == ("sd_poss",)
    assert {key[2] for key in held(store)} == {"team_profile"}


def test_only_what_is_needed_is_requested(site: Site, store: Store) -> None:
    site.enter({"record_id": "T001", "tc_aim": "Not to be read"})
    client = site.host.client(site.token)
    asked: list[object] = []
    export = client.records

    def records(**given: object) -> list[dict[str, str]]:
        asked.append((given["fields"], given["forms"]))
        return export(**given)  # type: ignore[arg-type]

    client.records = records  # type: ignore[method-assign]
    site.pull(store, client, need=Need(frozenset({"tp_name", "sd_abs"})))

    wanted = ("record_id", "tp_name", "sd_abs", "team_profile_complete", "monthly_measures_complete")
    assert set(asked) == {(wanted, None)}
    assert not any("tc_aim" in values for values in held(store).values())


def test_an_identifier_is_refused_unless_a_reason_is_given(site: Site, store: Store) -> None:
    site.design([row | {"identifier": "y"} if row["field_name"] == "tp_name" else row for row in DICTIONARY])
    fields = frozenset({"tp_name", "sd_abs"})
    with pytest.raises(SettingInvalid, match="tp_name as identifiers"):
        site.pull(store, need=Need(fields))
    assert content(store) == ([], [], None)

    site.pull(store, need=Need(fields, {"tp_name": "it stands at the head of the report"}))

    assert held(store)["T001", "", "team_profile", 0]["tp_name"] == "Team T001"


def test_an_identifier_that_nobody_needs_is_no_matter(site: Site, store: Store) -> None:
    site.design([row | {"identifier": "y"} if row["field_name"] == "tp_name" else row for row in DICTIONARY])
    site.pull(store, need=Need(frozenset({"sd_abs"})))
    assert {key[2] for key in held(store)} == {"monthly_measures"}


# --- longitudinal --------------------------------------------------------------------------------------------------------

EVENTS = {"Start": ("enrol", "visit"), "Later": ("visit",), "Daily": ("diary",)}
LONG = (
    cell("id", "enrol"),
    cell("joined", "enrol"),
    cell("weight", "visit"),
    cell("signs", "diary", "checkbox", select_choices_or_calculations="a, Ache | b, Bruise"),
)


def designate(site: Site, events: dict[str, tuple[str, ...]]) -> None:
    rows = [
        {"arm_num": 1, "unique_event_name": f"{name.lower()}_arm_1", "form": form}
        for name, forms in events.items()
        for form in forms
    ]
    ask(site.url, token=site.token, content="formEventMapping", action="import", data=rows)


@pytest.fixture
def study(host: Host) -> Site:
    """Three participants: a start, a later visit that repeats, and days that repeat as an event."""
    site = host.project(LONG, ())
    for payload in (
        {"content": "project_settings", "data": [{"is_longitudinal": "1"}]},
        {"content": "arm", "action": "import", "data": [{"arm_num": 1, "name": "All"}]},
        {
            "content": "event",
            "action": "import",
            "override": "1",
            "data": [{"event_name": name, "arm_num": 1} for name in EVENTS],
        },
    ):
        ask(site.url, token=site.token, **payload)
    designate(site, EVENTS)
    repeating = [{"event_name": "later_arm_1", "form_name": "visit"}, {"event_name": "daily_arm_1", "form_name": ""}]
    ask(site.url, token=site.token, content="repeatingFormsEvents", action="import", data=repeating)
    for n in "123":
        site.enter(
            {"id": n, "redcap_event_name": "start_arm_1", "joined": "May", "weight": f"7{n}"},
            {
                "id": n,
                "redcap_event_name": "later_arm_1",
                "redcap_repeat_instrument": "visit",
                "redcap_repeat_instance": "2",
                "weight": "80",
            },
            {"id": n, "redcap_event_name": "daily_arm_1", "redcap_repeat_instance": "1", "signs___a": "1"},
        )
    host.wait(hours=1)
    return site


def truth(site: Site) -> dict[tuple[str, str, str, int], Row]:
    """As `Site.truth`; a repeating event's rows name no form, so it is the field's."""
    return {key: values for key, values in site.truth().items() if values}


def test_a_longitudinal_project_with_repeating_forms_and_events(study: Site, store: Store) -> None:
    study.pull(store)

    assert held(store) == truth(study)
    assert held(store)["2", "daily_arm_1", "diary", 1] == {"signs___a": "1", "diary_complete": "0"}
    assert held(store)["2", "later_arm_1", "visit", 2] == {"weight": "80", "visit_complete": "0"}


def test_its_changes_are_read_alone(study: Site, store: Store) -> None:
    study.pull(store)
    study.host.wait(hours=2)
    study.enter({"id": "2", "redcap_event_name": "daily_arm_1", "redcap_repeat_instance": "2", "signs___b": "1"})
    study.delete("3", event="later_arm_1", instrument="visit", repeat_instance="2")

    done = study.pull(store)

    assert (done.run.mode, done.run.records, done.run.tally) == (
        "changed",
        2,
        Tally(inserted=1, deleted=1, unchanged=7),
    )
    assert held(store) == truth(study)


def test_a_form_that_is_taken_from_an_event_goes_with_the_design(study: Site, store: Store) -> None:
    study.pull(store)
    study.host.wait(hours=2)
    designate(study, EVENTS | {"Start": ("enrol",)})

    done = study.pull(store)

    assert (done.run.mode, done.run.tally.deleted) == ("full", 3)
    gone = [v for v in store.history("main") if v.op == "D"]
    assert {(v.entry.key.event, v.entry.key.instrument, v.cause) for v in gone} == {("start_arm_1", "visit", "schema")}
    assert held(store) == {key: values for key, values in truth(study).items() if key[1:3] != ("start_arm_1", "visit")}


def test_an_event_that_is_added_is_part_of_the_design(study: Site, store: Store) -> None:
    study.pull(store)
    study.host.wait(hours=2)
    ask(
        study.url,
        token=study.token,
        content="event",
        action="import",
        data=[{"event_name": "Last", "arm_num": 1}],
    )

    assert study.pull(store).run.mode == "full"
    assert held(store) == truth(study)

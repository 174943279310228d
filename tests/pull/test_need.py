"""The least that is asked for is enough for every report, and no more than is read and shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough import teams
from breakthrough.delivery import recipients
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.entry import Entry, EntryKey
from breakthrough.errors import SettingInvalid
from breakthrough.instruments import project as projects
from breakthrough.instruments.plan import Wanted
from breakthrough.instruments.profiles import ITEM
from breakthrough.instruments.project import Project
from breakthrough.pull import Need, need, pull
from breakthrough.pull.need import Request
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store
from breakthrough.worker import footing
from breakthrough.worker.edition import edition
from breakthrough.worker.reports import rendered
from breakthrough.worker.reports.closing import closing

# read, so that it is there one day, and in no report yet: that they are not asked for changes none (see below)
SHOWN_NOWHERE = {"tp_org", "tc_pilot", "mr_did", "mr_learned", "mr_next", "cr_coach"}
ITEMS = {f"ca_at_{part}_{number}" for part in range(1, 6) for number in (1, 2)}  # of the demonstration's assessment
SUBJECTS = (("team", "T001"), ("team", "T003"), ("coach", "c1"))


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """The demonstration's collaborative, entered into a sandbox REDCap."""
    with play.opened(tmp_path_factory.mktemp("need") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def least(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """What is needed."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('least')}/store.sqlite") as store:
        wanted = need.of(theatre.here.collaborative)
        pull(store, theatre.here.client(), now=theatre.now, need=wanted, most_skew=None)
        yield store


@pytest.fixture(scope="module")
def everything(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Every field of every form."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('everything')}/store.sqlite") as store:
        pull(store, theatre.here.client(deploying=True), now=theatre.now, most_skew=None)
        yield store


def held(store: Store) -> set[str]:
    return {name.partition("___")[0] for entry in store.entries("main") for name in entry.values}


def test_reports_are_the_same_as_from_everything(theatre: Theatre, least: Store, everything: Store) -> None:
    collaborative = theatre.here.collaborative
    one, two = (edition(store, collaborative, theatre.month, theatre.now) for store in (least, everything))

    assert one.frame.equals(two.frame)
    today = theatre.here.today(theatre.now)
    readers = [recipients.of(collaborative, of.portfolio, today, "ne") for of in (one, two)]
    assert readers[0] == readers[1]
    assert one.flags == two.flags
    for report, subject in SUBJECTS:
        pages = [rendered(of, report, subject, theatre.here.content) for of in (one, two)]
        assert pages[0].page == pages[1].page
        assert pages[0] == pages[1]


def test_nothing_else_is_in_the_store(theatre: Theatre, least: Store, everything: Store) -> None:
    wanted = need.of(theatre.here.collaborative).fields
    assert {name for name in held(least) if not name.endswith("_complete") and not ITEM.fullmatch(name)} <= wanted
    assert {name for name in held(least) if ITEM.fullmatch(name)} == ITEMS
    assert len(held(everything) - held(least)) > 20
    assert {"mr_did", "cr_private", "tp_population"} & held(least) == set()


def every_form(theatre: Theatre) -> Project:
    """The project with all forms that there are: a collaborative may take in any."""
    return projects.load(theatre.here.content, theatre.here.collaborative, tiers=projects.EVERY_TIER)


def test_everything_that_is_needed_is_in_the_shipped_instruments(theatre: Theatre) -> None:
    fields = {field.field_name for field in every_form(theatre).fields}
    assert need.of(theatre.here.collaborative).fields <= fields


def test_what_reports_rest_on_is_needed(theatre: Theatre, least: Store) -> None:
    assert footing.missing(least, theatre.here.collaborative, "main") == ()


# --- each needed field is read, and text is shown -----------------------------------------------------------------------


class Noted(dict[str, str]):
    """Values that remember which of them were asked for."""

    def __init__(self, values: Mapping[str, str], asked: set[str]) -> None:
        super().__init__(values)
        self.asked = asked

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


@dataclass
class Changed:
    """A store whose entries are changed on the way out."""

    store: Store
    change: Any

    def entries(self, project: str, instrument: str | None = None) -> Iterator[Entry]:
        for entry in self.store.entries(project, instrument):
            yield Entry(entry.key, entry.dag, self.change(entry))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@dataclass
class Ended(Changed):
    """The same with what a team that agrees to everything leaves at the end."""

    def entries(self, project: str, instrument: str | None = None) -> Iterator[Entry]:
        yield from super().entries(project, instrument)
        for form, blank, said in (
            ("closeout", "co_best_change co_would_not co_package_text", {"co_pub_ok": "1"}),
            ("document_upload", "du_note", {"du_type": "1", "du_share": "1"}),
        ):
            if instrument == form:
                entry = Entry(EntryKey("main", "T001", "", form, 1), "t001", dict.fromkeys(blank.split(), "x") | said)
                yield Entry(entry.key, entry.dag, self.change(entry))


def test_each_needed_field_is_read_and_nothing_is_read_that_is_not_needed(theatre: Theatre, everything: Store) -> None:
    collaborative = theatre.here.collaborative
    asked: set[str] = set()
    noting = cast("Store", Ended(everything, lambda entry: Noted(entry.values, asked)))

    blank = cast("Store", Ended(everything, lambda _: Noted({}, asked)))  # some are read where others are blank
    for store in (noting, blank):
        teams.read(store, collaborative, theatre.here.today(theatre.now))
    edition(noting, collaborative, theatre.month, theatre.now)

    counted = {*collaborative.counts, *(f"{code}_st" for code in collaborative.measures)}  # taken from whole forms
    fields = {name.partition("___")[0] for name in asked if not name.endswith("_complete")}
    assert fields >= ITEMS
    assert fields - SHOWN_NOWHERE - ITEMS == need.of(collaborative).fields - counted


def test_free_text_is_asked_for_only_where_a_report_shows_it(theatre: Theatre, everything: Store) -> None:
    collaborative, month = theatre.here.collaborative, str(theatre.month.first)
    texts = {
        field.field_name
        for field in every_form(theatre).fields
        if field.field_type == "notes" and field.field_name in need.of(collaborative).fields
    }

    def mark(entry: Entry) -> dict[str, str]:
        # words are shown where there is no number
        values = {name: value for name, value in entry.values.items() if not name.endswith("_num")}
        for name in texts & values.keys() | ({"mr_ask", "mr_bright"} if "mr_period" in values else set()):
            values[name] = f"zq {name.replace('_', ' ')} qz"
            values[f"{name.partition('_')[0]}_noid"] = "1"
        return values | ({"cr_released": "1"} if values.get("cr_period") == month else {})

    marked = edition(cast("Store", Ended(everything, mark)), collaborative, theatre.month, theatre.now)
    pages = "".join(rendered(marked, *subject, theatre.here.content).page for subject in SUBJECTS)
    last = closing(marked)
    pages += "".join(last.rendered(*document, theatre.here.content).page for document in last.documents)

    shown = {name for name in texts if f"zq {name.replace('_', ' ')} qz" in pages}
    # whether anything is written there makes a point of the documentation score, which is shown
    assert texts - shown == {"pd_data_plan"}


# --- the request ---------------------------------------------------------------------------------------------------------


def row(name: str, form: str = "one", kind: str = "text", identifier: str = "") -> dict[str, str]:
    return {"field_name": name, "form_name": form, "field_type": kind, "identifier": identifier}


DICTIONARY = [
    row("id"),
    row("a"),
    row("boxes", "one", "checkbox"),
    row("told", "two", "descriptive"),
    row("file", "two", "file"),
    row("b", "two"),
    row("who", "two", identifier="y"),
]


@pytest.mark.parametrize(
    ("fields", "asked", "lacking"),
    [
        ({"a"}, ("id", "a", "one_complete"), ()),
        ({"b", "boxes"}, ("id", "boxes", "b", "one_complete", "two_complete"), ()),
        ({"a", "gone"}, ("id", "a", "one_complete"), ("gone",)),
        (set(), ("id",), ()),
        ({"told", "file", "a"}, ("id", "a", "one_complete"), ()),
    ],
)
def test_a_request_names_what_is_needed_and_there_in_the_dictionarys_order(
    fields: set[str], asked: tuple[str, ...], lacking: tuple[str, ...]
) -> None:
    assert need.request(Need(frozenset(fields)), DICTIONARY) == Request(asked, (), frozenset(asked), lacking)


def test_items_of_an_assessment_are_asked_for_whatever_they_are_called() -> None:
    dictionary = [
        *DICTIONARY,
        row("ca_date", "care"),
        row("ca_3a_12", "care"),
        row("ca_sc_1_2", "care"),
        row("x_1_2", "two"),
    ]
    wanted = Need(frozenset({"ca_date"}), items_of=frozenset({"care"}))
    assert need.request(wanted, dictionary).fields == ("id", "ca_date", "ca_3a_12", "ca_sc_1_2", "care_complete")


def test_a_form_that_a_project_does_without_lacks_nothing() -> None:
    wanted = Need(frozenset({"a", "sp_size", "b2"}), optional={"sp_size": "spread_plan", "b2": "two"})
    assert need.lacking(wanted, DICTIONARY) == ("b2",)


def test_what_is_welcome_is_asked_for_where_it_is_and_lacking_nowhere() -> None:
    found = need.request(Need(frozenset({"a"}), welcome=frozenset({"b", "gone"})), DICTIONARY)
    assert (found.fields, found.lacking) == (("id", "a", "b", "one_complete", "two_complete"), ())


def test_what_a_team_says_of_a_measure_of_case_rows_is_welcome(root: Path) -> None:
    found = need.of(collaboratives.load(root / "config/collaboratives/medical_home/collaborative.yaml"))
    assert "mh_plan_st" in found.welcome
    assert "mh_plan_st" not in found.fields
    assert "mh_fam_st" in found.fields


def test_without_a_need_every_form_is_asked_for() -> None:
    assert need.request(None, DICTIONARY) == Request((), ("one", "two"), None)


@pytest.mark.parametrize("reason", [{}, {"who": ""}, {"a": "why not"}])
def test_a_flagged_field_needs_a_reason(reason: dict[str, str]) -> None:
    with pytest.raises(SettingInvalid, match="REDCap flags who as identifiers"):
        need.request(Need(frozenset({"who"}), reason), DICTIONARY)


def test_a_flagged_record_name_needs_one_too() -> None:
    flagged = [row("id", identifier="y"), *DICTIONARY[1:]]
    with pytest.raises(SettingInvalid, match="REDCap flags id"):
        need.request(Need(frozenset({"a"})), flagged)
    assert need.request(Need(frozenset({"a"}), {"id": "it is a team's code"}), flagged).fields[0] == "id"


def test_the_shipped_reasons_are_those_of_recipients(theatre: Theatre) -> None:
    flagged = {field.field_name for field in theatre.here.project.fields if field.is_identifier}
    wanted = need.of(theatre.here.collaborative)
    assert wanted.identifiers.keys() == flagged & wanted.fields == {"tr_name", "tr_email"}


def test_another_project_needs_nothing_until_something_reads_it(theatre: Theatre) -> None:
    found = need.of(theatre.here.collaborative, "audit", {"mrn": "cases are told apart by it"})
    assert (found.fields, found.identifiers["mrn"]) == (frozenset(), "cases are told apart by it")

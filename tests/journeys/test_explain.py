"""`explain`, from counts that were entered, corrected, sent, entered twice and deleted in a live REDCap."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.journeys import auditing
from tests.journeys.auditing import Api
from tests.journeys.played import Command

from breakthrough import cli
from breakthrough.demo import play, stage
from breakthrough.errors import DeletionsHeld, NameUnknown, NothingToReport
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import deploy
from breakthrough.worker.deployment import Deployment

FIRST, SECOND, THIRD = "2026-04-15T07:00", "2026-04-16T09:00", "2026-04-17T09:00"
MARCH = "2026-03-01"
Told = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Story:
    """What was done: pulled and sent on the 15th; corrected, renamed, moved and pulled on the 16th; again on the 17th."""

    folder: Path
    before: dict[str, str]  # T001's counts of March as first entered
    spare: str  # the instance of T003's that was entered twice


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, run: Command) -> Iterator[Story]:
    with play.opened(tmp_path_factory.mktemp("explain") / "out", "absenteeism", None) as theatre:
        folder = theatre.here.folder
        audit = auditing.opened(theatre.sandbox, folder)
        here = Deployment.open(folder, {})
        client = here.client(deploying=True)
        scene = replace(theatre.scene.first(4), collaborative=here.collaborative)
        deploy(client, Wanted(here.project, scene.teams))
        stage.enter(client, scene, None, lambda _: None)
        main = Api(theatre.sandbox.url, (folder / "secrets" / "deploy.token").read_text(encoding="utf-8"))
        main.allow_deleting(theatre.sandbox)
        _done(run("pull", "-d", folder, "--now", FIRST))
        _done(run("send", "-d", folder, "--now", FIRST))
        march = {row["record_id"]: row for row in _monthly(client) if row["mm_period"] == MARCH}
        _enter(main, march["T001"], sd_abs="60000")
        _enter(main, march["T003"], redcap_repeat_instance="99", sd_abs="1", monthly_measures_complete="0")
        _delete(main, "T002", march["T002"]["redcap_repeat_instance"])
        audit.ask("record", action="rename", record="101", new_record_name="901")
        audit.chart("102", "t001", 2, ("2026-03-20", "2", "2026-01-01"))
        audit.chart("102", "t001", 1, ("2026-03-15", "", ""))
        _done(run("pull", "-d", folder, "--now", SECOND))
        _enter(main, march["T001"], sd_abs="61000")
        audit.ask("record", action="delete", **{"records[0]": "901"})
        assert run("pull", "-d", folder, "--now", THIRD).returncode == DeletionsHeld.exit_code
        _done(run("pull", "-d", folder, "--now", THIRD, "--project", "audit", "--confirm-deletions"))
        yield Story(folder, march["T001"], "99")


@pytest.fixture
def told(story: Story) -> Told:
    """The explanation as JSON, as the command gives it: in this process, which saves the start of another."""

    def explained(*arguments: str) -> dict[str, Any]:
        where = ["-d", str(story.folder), "--now", f"{THIRD[:10]}T12:00", "--json"]
        done = CliRunner().invoke(cli.group, ["explain", *arguments, *where])
        logging.getLogger("breakthrough").handlers.clear()  # which write to the runner's stderr, closed by now
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return explained


def _done(done: Any) -> Any:
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def _monthly(client: Client) -> list[dict[str, str]]:
    return client.records(forms=["monthly_measures"], fields=["record_id"], dags=False)


def _enter(main: Api, row: dict[str, str], **values: str) -> None:
    main.ask("record", data=[{name: value for name, value in row.items() if value} | values])


def _delete(main: Api, record: str, instance: str) -> None:
    what = {"records[0]": record, "instrument": "monthly_measures", "repeat_instance": instance}
    main.ask("record", action="delete", **what)


def _used(row: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in row["used"] if one["name"] == name)
    return found


def _day(moment: str) -> str:
    return moment[:10]


def test_a_corrected_count_tells_its_former_values_and_when_each_was_seen(story: Story, told: Told) -> None:
    found = told("T001", "ca_day", "2026-03")
    (row,) = found["rows"]
    assert (row["role"], row["why"]) == ("taken", "the only form of the month")
    assert row["url"].endswith(f"&id=T001&page=monthly_measures&instance={story.before['redcap_repeat_instance']}")
    used = _used(row, "[sd_abs]")
    assert (used["value"], used["part"]) == ("61000", "numerator")
    assert used["label"] == "Pupil half-days missed in the month, for any reason"
    assert (_day(used["first_seen"]), _day(used["since"])) == ("2026-04-15", "2026-04-17")
    assert [(one["value"], _day(one["since"]), _day(one["until"]), one["end"]) for one in used["before"]] == [
        (story.before["sd_abs"], "2026-04-15", "2026-04-16", "edited"),
        ("60000", "2026-04-16", "2026-04-17", "edited"),
    ]
    assert _used(row, "[sd_poss]")["before"] == []
    assert found["figure"]["numerator"] == 61000
    assert found["figure"]["denominator"] == float(story.before["sd_poss"])
    (main,) = found["places"]
    assert (_day(main["detected"]), _day(main["checked"])) == ("2026-04-17", "2026-04-15")


def test_a_figure_that_was_sent_and_has_changed_since_is_told_with_both(story: Story, told: Told) -> None:
    shown = {(one["report"], one["subject"]): one for one in told("T001", "ca_day", "2026-03")["shown"]}
    assert ("team", "T001") in shown
    assert ("team", "T002") not in shown
    one = shown["team", "T001"]
    assert (one["numerator"], one["changed"], _day(one["since"])) == (
        float(story.before["sd_abs"]),
        True,
        "2026-04-17",
    )
    assert one["mails"] >= 1
    assert _day(one["sent"]) == "2026-04-15"
    assert not told("T004", "ca_day", "2026-03")["shown"][-1]["changed"]


def test_reports_on_all_teams_are_told_as_having_counted_the_figure(told: Told) -> None:
    shown = {one["report"]: one for one in told("T001", "ca_day", "2026-03")["shown"]}
    assert {kind for kind, one in shown.items() if one["whole"]} == {"coordinator"}  # the demonstration has no sponsor
    assert {kind for kind, one in shown.items() if not one["whole"]} == {"team", "coach", "leader"}
    assert shown["coordinator"]["mails"] == 1


def test_the_text_says_it_in_one_sentence(story: Story, run: Command) -> None:
    found = _done(run("explain", "T001", "ca_day", "2026-03", "-d", story.folder, "--now", THIRD)).stdout
    poss = int(story.before["sd_poss"])
    now = f"{61000 / poss * 100:.1f}% (61,000 of {poss:,})"
    was = f"{int(story.before['sd_abs']) / poss * 100:.1f}% ({int(story.before['sd_abs']):,} of {poss:,})"
    said = " ".join(found.split())
    assert f"CHANGED: was {was} in the report of 15 April 2026, is {now} since 17 April 2026" in said
    assert "was 60000 from 16 Apr 2026, 09:00 to 17 Apr 2026, 09:00" in said
    assert all(len(one) <= 100 or "http" in one for one in found.splitlines())


def test_as_of_a_day_it_is_what_was_known_on_its_evening(story: Story, told: Told) -> None:
    for day, held in (("2026-04-15", story.before["sd_abs"]), ("2026-04-16", "60000")):
        found = told("T001", "ca_day", "2026-03", "--as-of", day)
        assert found["figure"]["numerator"] == float(held)
        assert _used(found["rows"][0], "[sd_abs]")["value"] == held
        assert _day(found["places"][0]["detected"]) == day


def test_as_of_a_day_before_the_first_pull_there_is_nothing(story: Story, run: Command) -> None:
    done = run("explain", "T001", "ca_day", "2026-03", "-d", story.folder, "--now", THIRD, "--as-of", "2026-04-14")
    assert done.returncode == NothingToReport.exit_code
    assert "No pull had been completed by 14 April 2026, 23:59" in done.stderr


def test_a_month_entered_twice_names_both_forms_and_why_one_was_taken(story: Story, told: Told) -> None:
    rows = told("T003", "ca_day", "2026-03")["rows"]
    assert [(row["role"], row["why"]) for row in rows] == [
        ("taken", "the only one of the month that is marked Complete"),
        ("not taken", "not marked Complete"),
    ]
    assert rows[1]["key"]["instance"] == int(story.spare)


def test_a_month_whose_form_was_deleted_is_missing_and_the_form_is_told(told: Told) -> None:
    found = told("T002", "ca_day", "2026-03")
    assert found["figure"]["state"] == "missing"
    assert found["figure"]["meaning"] == "Missing since 11 April 2026: it was due on 10 April 2026."
    assert found["figure"]["lacking"] == ["There is no monthly form of this team for March 2026."]
    (row,) = found["rows"]
    assert (row["role"], _day(row["gone"])) == ("gone", "2026-04-16")
    used = _used(row, "[sd_abs]")
    assert (used["value"], used["before"][0]["end"]) == ("", "gone")
    changed = [one for one in found["shown"] if one["report"] == "team"]
    assert [(one["changed"], one["turns"][0]["then"], one["turns"][0]["now"]) for one in changed] == [
        (True, "taken", "")
    ]


def test_a_renamed_record_is_followed_and_a_deleted_one_turns_up_as_no_longer_there(told: Told) -> None:
    then = told("T001", "mh_plan", "2026-03", "--as-of", "2026-04-16")
    roles = {(row["key"]["record"], row["key"]["instance"]): row["role"] for row in then["rows"]}
    assert roles == {
        ("901", 1): "numerator",
        ("901", 2): "denominator",
        ("102", 2): "numerator",
        ("102", 1): "not counted",
    }
    renamed = next(row for row in then["rows"] if row["key"]["record"] == "901")
    assert [(old, _day(at)) for old, at in renamed["formerly"]] == [("101", "2026-04-16")]
    kept = _used(renamed, "[tier]")
    assert (_day(kept["first_seen"]), _day(kept["since"]), kept["before"]) == ("2026-04-15", "2026-04-15", [])
    blanked = next(row for row in then["rows"] if (row["key"]["record"], row["key"]["instance"]) == ("102", 1))
    tier = _used(blanked, "[tier]")
    assert [(one["value"], one["choice"], one["end"]) for one in tier["before"]] == [("1", "Low", "blanked")]

    now = told("T001", "mh_plan", "2026-03")
    assert now["figure"]["counted"] == "1 of 1"
    (shown,) = [one for one in now["shown"] if one["report"] == "team"]
    assert (shown["counted"], shown["changed"], _day(shown["since"])) == ("1 of 2", True, "2026-04-17")
    turned = {(turn["key"]["record"], turn["key"]["instance"]): (turn["then"], turn["now"]) for turn in shown["turns"]}
    assert turned == {
        ("101", 1): ("numerator", ""),
        ("101", 2): ("denominator", ""),
        ("102", 2): ("", "numerator"),
    }


def test_the_definition_has_a_version_that_changes_with_it_and_with_nothing_else(story: Story, told: Told) -> None:
    version = told("T001", "ca_day", "2026-03")["definition"]
    assert _day(version["since"]) == "2026-04-15"
    path = story.folder / "collaborative.yaml"
    text = path.read_text(encoding="utf-8")
    try:
        auditing.change(path, aim={"statement": "Another aim"})
        assert told("T001", "ca_day", "2026-03")["definition"]["version"] == version["version"]
        auditing.change(path, calendar={"due_day": "11"})
        changed = told("T001", "ca_day", "2026-03")["definition"]
        assert changed["version"] != version["version"]
        assert changed["since"] is None
        assert [one["digest"] for one in changed["before"]] == [version["version"]]
    finally:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("alderbrok", "ca_day", "2026-03"), NameUnknown.exit_code, "Did you mean 'T001' (Alderbrook)?"),
        (("T001", "ca_dayy", "2026-03"), NameUnknown.exit_code, "Did you mean 'ca_day' (Absence rate)"),
        (("T001", "ca_day", "2023-01"), NothingToReport.exit_code, "The nearest month is 2024-04."),
        (("T001", "ca_day", "2026-05"), NothingToReport.exit_code, "2026-05 has not begun"),
        (("T001", "ca_day", "March"), 2, "'March' is not a month"),
        (("T001", "ca_day", "2026-03", "--rows", "few"), 2, "'few' is not a number of rows"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest(
    story: Story, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = CliRunner().invoke(cli.group, ["explain", *arguments, "-d", str(story.folder), "--now", THIRD])
    logging.getLogger("breakthrough").handlers.clear()
    assert getattr(done.exception, "exit_code", done.exit_code) == code
    assert said in f"{done.exception} {done.stderr}"
    assert done.stdout == ""


def test_a_wrong_name_ends_the_command_with_the_code_of_its_family(story: Story, run: Command) -> None:
    done = run("explain", "T999x", "ca_day", "2026-03", "-d", story.folder, "--now", THIRD)
    assert (done.returncode, done.stdout) == (76, "")
    assert done.stderr.startswith("Error: There is no team 'T999x'.")


def test_no_value_goes_into_the_log(story: Story, run: Command) -> None:
    done = _done(run("explain", "T001", "ca_day", "2026-03", "-d", story.folder, "--now", THIRD))
    assert "61000" in done.stdout
    assert "61000" not in done.stderr
    assert story.before["sd_poss"] not in done.stderr

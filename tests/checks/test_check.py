"""`breakthrough check` against a live sandbox and a real mail server, whole and broken in one place at a time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.checks.conftest import Place
from tests.delivery.answering import Certificate, Server

from breakthrough.cli import group
from breakthrough.demo import stage
from breakthrough.demo.postbox import Listener
from breakthrough.instruments.plan import LiveUser
from breakthrough.worker import checks
from breakthrough.worker.checks import Finding, Now
from breakthrough.worker.checks.clock import told_apart
from breakthrough.worker.checks.disk import room
from breakthrough.worker.checks.rights import Seen, bound, candidates, too_much
from breakthrough.worker.checks.schedule import running
from breakthrough.worker.deployment import Deployment
from redcap_sandbox.faults.reading import read as faults

NOW = "2026-04-15T07:00"


def check(place: Place, *only: str, now: str = NOW) -> Result:
    command = ["check", "-q", "-d", str(place.folder), "--now", now, "--json"]
    return CliRunner().invoke(group, [*command, *(word for one in only for word in ("--only", one))])


def found(place: Place, *only: str, now: str = NOW) -> list[tuple[str, str]]:
    done = check(place, *only, now=now)
    findings = json.loads(done.output)["findings"]
    assert done.exit_code == int(any(one["level"] == "wrong" for one in findings))
    return [(one["level"], f"{one['said']} {one['remedy']}") for one in findings]


def wrong(place: Place, *only: str) -> str:
    """What is wrong, and nothing else is."""
    (told,) = [said for level, said in found(place, *only) if level == "wrong"]
    return told


def test_a_deployment_in_order_has_nothing_wrong_and_says_so(place: Place) -> None:
    everything = [name for name in checks.CHECKS if name != "domain"]
    done = CliRunner().invoke(
        group, ["check", "-q", "-d", str(place.folder), "--now", NOW, *(w for n in everything for w in ("--only", n))]
    )
    assert done.exit_code == 0, done.output
    assert [line for line in done.output.splitlines() if line in checks.CHECKS] == everything
    assert "0 things wrong" in done.output


def test_no_token_address_or_name_is_shown(place: Place) -> None:
    output = check(place).output
    secrets = [path.read_text().strip() for path in (place.folder / "secrets").iterdir()]
    people = [place.here.collaborative.coordinator.email, "@"]
    assert [one for one in (*secrets, *people) if one in output] == []


def test_nothing_is_sent_and_nothing_changes(place: Place, server: Server) -> None:
    store = place.folder / "breakthrough.sqlite"
    before = store.read_bytes()
    check(place)
    assert (server.answers.taken, server.answers.sessions) == ([], 1)
    assert store.read_bytes() == before


def test_settings_that_cannot_be_read_are_a_finding_with_line_and_key(place: Place) -> None:
    with (place.folder / "breakthrough.yaml").open("a") as file:
        file.write("sotre: sqlite:///x.sqlite\n")
    (told,) = found(place)
    assert told[0] == "wrong"
    assert "Did you mean 'store'?" in told[1]


def test_what_the_scaffold_left_is_named_and_nobody_is_asked(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert CliRunner().invoke(group, ["init", str(folder), "--collaborative", "absenteeism"]).exit_code == 0
    done = CliRunner().invoke(group, ["check", "-q", "-d", str(folder), "--json"])
    findings = json.loads(done.output)["findings"]
    assert done.exit_code == 1
    assert [one["said"].split()[0] for one in findings if one["level"] == "wrong"] == ["redcap.url", "mail.host", "The"]
    assert not (folder / "breakthrough.sqlite").exists()


def test_a_token_that_redcap_does_not_know_is_asked_for_once(place: Place) -> None:
    place.secret("worker.token", "0" * 32)
    assert wrong(place, "redcap").startswith("main: ")


def test_a_token_that_others_may_read_is_named_with_its_remedy(place: Place) -> None:
    (place.folder / "secrets" / "worker.token").chmod(0o644)
    assert "chmod 600" in wrong(place, "settings", "redcap")


def test_the_deploy_token_in_the_workers_place_is_wrong(place: Place) -> None:
    place.secret("worker.token", (place.folder / "secrets" / "deploy.token").read_text())
    told = " ".join(said for level, said in found(place, "redcap") if level == "wrong")
    assert "token and deploy_token are the same" in told
    assert "it may write by the API, change the forms, change others' rights" in told


@pytest.mark.parametrize("right", ["api_import", "design", "record_delete", "user_rights"])
def test_a_right_that_the_worker_should_not_have_is_named(place: Place, right: str) -> None:
    words = {
        "api_import": "write by the API",
        "design": "change the forms",
        "record_delete": "delete records",
        "user_rights": "change others' rights",
    }
    place.user(f"too.much.{right}", logging=1, **{right: 1})
    assert f"it may {words[right]}. Whoever" in wrong(place, "redcap")


def test_a_token_that_may_not_export_is_wrong(place: Place) -> None:
    place.user("no.export")
    place.user("no.export", api_export=0, api_import=1)
    assert "main: " in wrong(place, "redcap")


def test_a_token_in_one_teams_group_is_wrong(place: Place) -> None:
    place.user("bound.to.one", logging=1, data_access_group="t001")
    assert "it sees the records of one team alone" in wrong(place, "redcap")


def test_without_the_deploy_token_what_cannot_be_seen_is_unknown(place: Place) -> None:
    place.set("redcap", deploy_token=None)
    levels = {level for level, said in found(place, "redcap") if "may do more than read" in said}
    assert levels == {"unknown"}


USERS = (
    LiveUser("owner", rights={"api_export": 1, "api_import": 1, "user_rights": 1, "logging": 1}),
    LiveUser("reader", rights={"api_export": 1, "logging": 1}),
    LiveUser("writer", rights={"api_export": 1, "api_import": 1, "logging": 1}),
    LiveUser("other", rights={"logging": 1}),
)


def writing(place: Place, username: str, **rights: Any) -> None:
    """Has reports written back by such an account."""
    needed: dict[str, Any] = {"api_import": 1, "logging": 1, "file_repository": 1, "data_access_groups": 1}
    place.secret("write.token", place.token(username, needed | rights))
    place.set("redcap", write_token="file:secrets/write.token", write_back={"files": "html"})


def test_the_account_that_writes_back_is_looked_at_too(place: Place) -> None:
    writing(place, "svc.writer")
    (said,) = [one for one in found(place, "redcap") if "write_token" in one[1]]
    assert said == ("good", "The token of redcap.write_token is of this project, and writes reports back. ")


@pytest.mark.parametrize(
    ("rights", "told"),
    [
        ({"design": 1}, "may do more than write reports back: it may change the forms."),
        ({"user_rights": 1}, "may do more than write reports back: it may change others' rights."),
        ({"data_access_group": "t001"}, "is not told which data access group a record is in"),
    ],
)
def test_an_account_that_writes_back_with_wrong_rights_is_wrong(
    place: Place, rights: dict[str, Any], told: str
) -> None:
    writing(place, f"svc.{next(iter(rights))}", **rights)
    assert told in wrong(place, "redcap")


def test_a_write_token_of_another_project_is_wrong(place: Place) -> None:
    writing(place, "svc.writer")
    owner, _ = stage.new_project(place.theatre.sandbox, "Somebody else's")
    place.secret("write.token", owner)
    assert "belongs to project" in wrong(place, "redcap")


def test_every_secret_that_is_named_has_to_be_there(place: Place) -> None:
    place.set("redcap", write_token="file:secrets/write.token")
    imap = {"host": "127.0.0.1", "user": "bounces", "password": "file:secrets/imap"}
    place.set("mail", bounce="bounces@example.org", bounces={"imap": imap}, unsubscribe_key="file:secrets/leave")
    place.set("mail", dkim={"domain": "example.org", "selector": "s1", "key": "file:secrets/dkim.pem"})
    place.set("portal", trigger="file:secrets/trigger")
    absent = {told.split()[2] for level, told in found(place, "settings") if level == "wrong"}
    assert absent == {f"file:secrets/{name}" for name in ("write.token", "imap", "leave", "dkim.pem", "trigger")}


def test_a_key_that_signs_no_mail_is_wrong(place: Place) -> None:
    place.secret("dkim.pem", "no key at all")
    place.set("mail", dkim={"domain": "example.org", "selector": "s1", "key": "file:secrets/dkim.pem"})
    assert "No mail can be written. The secret that mail.dkim.key names is no RSA private key" in wrong(place, "mail")


def test_a_mailbox_for_bounces_is_read_and_nothing_in_it_marked(place: Place) -> None:
    box = place.folder / "bounces"
    place.set("mail", bounce="bounces@example.org", bounces={"maildir": str(box)})
    assert "cannot be read as a maildir" in wrong(place, "mail")
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    (box / "new" / "1.one").write_bytes(b"Subject: back\r\n\r\n")
    assert "The mailbox of what cannot be delivered can be read. " in [told for _, told in found(place, "mail")]
    assert [path.name for path in (box / "new").iterdir()] == ["1.one"]


def seen(username: str = "") -> Seen:
    return Seen({"api_export": True, "logging": True, "user_rights": False}, username, None)


def test_a_token_of_no_name_is_held_against_all_whom_it_may_belong_to() -> None:
    assert [one.username for one in candidates(seen(), USERS)] == ["reader", "writer"]
    assert [one.username for one in candidates(seen("WRITER"), USERS)] == ["writer"]


@pytest.mark.parametrize(
    ("could_be", "level"), [(USERS[1:2], "good"), (USERS[2:3], "wrong"), (USERS[1:3], "unknown"), ((), "unknown")]
)
def test_what_all_of_them_may_is_certain_and_what_some_may_is_not(could_be: tuple[LiveUser, ...], level: str) -> None:
    assert [one.level for one in too_much(seen(), could_be, "main")] == [level]


@pytest.mark.parametrize(
    ("groups", "level"), [(("",), "good"), (("t001",), "wrong"), (("", "t001"), "unknown"), ((), "unknown")]
)
def test_a_group_is_certain_where_all_of_them_are_in_one(groups: tuple[str, ...], level: str) -> None:
    could_be = [LiveUser(f"u{at}", group) for at, group in enumerate(groups)]
    assert [one.level for one in bound(seen(), could_be, "main")] == [level]


def test_a_clock_that_is_wrong_is_told_with_how_much(place: Place) -> None:
    sandbox = place.theatre.sandbox
    sandbox.faults.replace(faults("rules: [{kind: skew, seconds: -3600}]"))
    try:
        told = found(place, "redcap", now=place.theatre.now.isoformat())
    finally:
        sandbox.faults.replace(faults("rules: []"))
    assert next(
        (level, said.partition("Give")[0]) for level, said in told if "clock is" in said and "minutes" in said
    ) == ("advice", "main: REDCap's clock is 60 minutes behind this computer's. ")


@pytest.mark.parametrize(
    ("seconds", "level", "said"),
    [
        (30, "good", "agree"),
        (-90, "advice", "90 seconds behind this computer's."),
        (451, "wrong", "8 minutes ahead of this computer's, so nothing is pulled."),
        (-7200, "wrong", "120 minutes behind this computer's, so nothing is pulled."),
    ],
)
def test_clocks_apart_are_wrong_from_where_nothing_is_pulled(seconds: int, level: str, said: str) -> None:
    """The overlap of two pulls makes seven and a half minutes good."""
    told = told_apart(dt.timedelta(seconds=seconds), "main")
    assert told.level == level
    assert said in told.said


def test_a_time_zone_that_is_not_the_servers_is_wrong(place: Place) -> None:
    place.user("with.log", logging=1)
    place.set("redcap", timezone="Asia/Kathmandu")
    assert "in Asia/Kathmandu it is" in wrong(place, "redcap")


def test_a_form_that_redcap_lacks_is_told(place: Place) -> None:
    with (place.folder / "collaborative.yaml").open() as file:
        text = file.read().replace("counts:\n", "counts:\n  new_count: {label: Something new}\n", 1)
    (place.folder / "collaborative.yaml").write_text(text)
    told = [said for level, said in found(place, "redcap") if "not as defined here" in said and level != "good"]
    assert len(told) == 1
    assert "breakthrough plan --project main" in told[0]


def test_a_store_in_a_folder_that_takes_nothing_is_wrong(place: Place) -> None:
    text = (place.folder / "breakthrough.yaml").read_text()
    (place.folder / "breakthrough.yaml").write_text(f"{text}store: sqlite:////proc/sys/breakthrough.sqlite\n")
    assert "cannot be made" in wrong(place, "store")


def test_a_store_that_others_may_read_is_wrong(place: Place) -> None:
    (place.folder / "breakthrough.sqlite").chmod(0o644)
    assert "chmod 600" in wrong(place, "store")


def test_a_file_that_is_no_store_is_wrong(place: Place) -> None:
    (place.folder / "breakthrough.sqlite").write_bytes(b"no store at all, but long enough to be looked at" * 50)
    assert "is not a store" in wrong(place, "store")


def test_a_backup_is_remembered_and_grows_old(place: Place) -> None:
    assert [said[:35] for level, said in found(place, "store") if level == "advice"] == [
        "No backup of it was made from here."
    ]
    to = place.folder / "copy.sqlite"
    assert CliRunner().invoke(group, ["store", "backup", "-q", "-d", str(place.folder), str(to)]).exit_code == 0
    later = dt.datetime.now(dt.UTC)
    assert any("backed up on" in said for _, said in found(place, "store", now=later.isoformat()))
    old = (later + dt.timedelta(days=9)).isoformat()
    assert any("last backup" in said for level, said in found(place, "store", now=old) if level == "advice")


@pytest.mark.parametrize(("free", "level"), [(99 << 20, "wrong"), (500 << 20, "advice"), (2 << 30, "good")])
def test_a_disk_is_wrong_before_it_is_full(free: int, level: str) -> None:
    assert room("the store", Path("/x"), free, 1 << 30).level == level


def test_a_mail_server_that_is_not_there_is_wrong(place: Place) -> None:
    place.set("mail", port=1)
    assert "does not answer" in wrong(place, "mail")


def test_a_sender_that_is_refused_is_wrong(place: Place, server: Server) -> None:
    server.answers.mail = ["550 5.7.1 not you"]
    assert "takes no mail from this sender (550 5.7.1)" in wrong(place, "mail")


def test_a_sender_that_is_put_off_is_wrong_for_now(place: Place, server: Server) -> None:
    server.answers.mail = ["451 4.7.1 later"]
    assert "put off at MAIL: 451 4.7.1" in wrong(place, "mail")


def test_a_line_that_breaks_at_the_sender_is_wrong(place: Place, server: Server) -> None:
    server.answers.mail = ["drop"]
    assert "does not answer" in wrong(place, "mail")


def test_a_certificate_for_another_host_is_wrong(place: Place, server: Server, elsewhere: Certificate) -> None:
    with Listener(server.answers, certificate=elsewhere.context()) as listener:
        place.set("mail", port=listener.port, security="starttls", ca_bundle=str(elsewhere.path))
        assert "certificate" in wrong(place, "mail")


def test_a_certificate_that_ends_soon_is_told(place: Place, server: Server, certificate: Certificate) -> None:
    with Listener(server.answers, certificate=certificate.context()) as listener:
        place.set("mail", port=listener.port, security="starttls", ca_bundle=str(certificate.path))
        now = dt.datetime.now(dt.UTC).isoformat()
        assert [level for level, said in found(place, "mail", now=now) if "certificate ends" in said] == ["advice"]


def test_a_template_that_cannot_be_used_is_wrong_with_its_line(place: Place) -> None:
    path = place.folder / "reports" / "templates" / "team.html.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{% if %}")
    assert f"{path}, line 1" in wrong(place, "reports")


def test_a_coachs_unusable_address_is_told_by_code_alone(place: Place) -> None:
    path = place.folder / "collaborative.yaml"
    coach = place.here.collaborative.coaches[0]
    path.write_text(path.read_text().replace(coach.email, "a..b@uni.edu"))
    told = wrong(place, "people")
    assert f"the coach {coach.code} cannot be written to" in told
    assert "a..b@uni.edu" not in told


def test_before_a_pull_the_people_are_unknown(place: Place) -> None:
    (place.folder / "breakthrough.sqlite").unlink()
    assert [level for level, _ in found(place, "people")] == ["unknown"]


def test_after_the_last_month_nothing_is_to_come(place: Place) -> None:
    told = found(place, "calendar", now="2031-01-01")
    assert told[0][0] == "advice"
    assert told[0][1].startswith("No reports are to come")


@pytest.mark.parametrize(("hours", "level"), [(None, "advice"), (0.2, "good"), (25, "good"), (27, "wrong")])
def test_a_schedule_that_has_not_run_for_long_is_wrong(hours: float | None, level: str) -> None:
    now = dt.datetime(2026, 4, 15, tzinfo=dt.UTC)
    assert running(None if hours is None else now - dt.timedelta(hours=hours), now).level == level


def test_a_check_that_fails_is_unknown_and_keeps_what_it_had_found(place: Place) -> None:
    def broken(here: Deployment, now: Now) -> Iterator[Finding]:
        yield Finding("good", "disk", "One thing.")
        raise KeyError("a value of somebody's")

    told = list(checks.surely("disk", broken, place.here, lambda: dt.datetime.now(dt.UTC)))
    assert [one.level for one in told] == ["good", "unknown"]
    assert "somebody" not in told[1].said

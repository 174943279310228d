"""The faults file: what it may say, which calls its rules strike, and how it is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import SUPER_TOKEN, Api

from redcap_sandbox import contents, serve
from redcap_sandbox.__main__ import main
from redcap_sandbox.faults import reading
from redcap_sandbox.faults.kinds import KINDS, Ban, Cut, Latency, Status
from redcap_sandbox.faults.reading import Unreadable
from redcap_sandbox.faults.rules import Plan, Rule, Series
from redcap_sandbox.faults.striking import Faults
from redcap_sandbox.wire import call
from redcap_sandbox.wire.call import Call

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "sandbox-faults.md"


def asked(content: str = "record", action: str = "export") -> Call:
    return call.read([("content", content), ("action", action)])


def struck(rule: Rule, calls: int, seed: int = 0) -> list[int]:
    """Which of so many equal calls the rule strikes."""
    faults = Faults(Plan((rule,), seed))
    return [number for number in range(1, calls + 1) if faults.strike(asked())]


def test_a_file_in_yaml() -> None:
    text = """
seed: 7
rules:
  - kind: status
    status: 503
    content: [record, log]
    nth: {every: 3, after: 10}
    times: 2
  - kind: latency
    seconds: 2
    probability: 0.25
    nth: [1, 4]
"""
    assert reading.read(text) == Plan(
        (
            Status(status=503, content=("record", "log"), nth=Series(every=3, after=10), times=2),
            Latency(seconds=2.0, probability=0.25, nth=(1, 4)),
        ),
        seed=7,
    )


def test_a_file_in_json_with_tabs() -> None:
    text = '{\n\t"seed": 7,\n\t"rules": [\n\t\t{"kind": "ban", "calls": 60, "seconds": null}\n\t]\n}'
    assert reading.read(text) == Plan((Ban(calls=60),), seed=7)


@pytest.mark.parametrize("text", ["", "rules:", "rules: []", "seed: 0", "# nothing"])
def test_a_file_without_rules_is_a_plan_without_faults(text: str) -> None:
    assert reading.read(text) == Plan()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sed: 1", "f: the key 'sed' is not known. Did you mean 'seed'?"),
        ("seed: x", "f: the seed must be a whole number."),
        ("seed: true", "f: the seed must be a whole number."),
        ("- kind: drop", "f: this should be a seed and a list of rules, but it is not."),
        ("rules: {kind: drop}", "f: 'rules' must be a list, each with a '- ' before it."),
        ("a: [", "f, line 1: this is not valid YAML (expected the node content, but found '<stream end>')."),
        ("a: \x00", "f: this can be read neither as YAML nor as JSON."),
        ('{"a": 1,\n}', "f, line 2: this is not valid JSON (Expecting property name enclosed in double quotes)."),
        ('{"a":' * 50_000, "f: this can be read neither as YAML nor as JSON."),
    ],
)
def test_a_file_that_is_no_plan_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        reading.read(text, "f")
    assert str(refusal.value) == sentence


NUMBERS = "must be a number, a list of numbers, or {every: n, after: n}."


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("drop", "this should be settings with names, such as 'kind: latency', but it is not."),
        ("{content: record}", f"'kind' is missing. Known: {', '.join(sorted(KINDS))}."),
        ("{kind: latancy}", "the kind 'latancy' is not known. Did you mean 'latency'?"),
        ("{kind: drop, probabilty: 1}", "the key 'probabilty' is not known. Did you mean 'probability'?"),
        (
            "{kind: ban, nth: 2}",  # a ban counts for itself
            "the key 'nth' is not known. Known: action, calls, content, seconds, status.",
        ),
        ("{kind: latency}", "'seconds' is missing. Add it."),
        ("{kind: latency, seconds: '2'}", "'seconds': Input should be a valid number."),
        ("{kind: latency, seconds: true}", "'seconds': Input should be a valid number."),
        ("{kind: latency, seconds: .inf}", "'seconds': Input should be a finite number."),
        ("{kind: latency, seconds: -1}", "seconds must be between 0 and 86400."),
        ("{kind: drop, probability: 1.5}", "probability must be between 0 and 1."),
        ("{kind: drop, times: 0}", "times must be 1 or more."),
        ("{kind: drop, nth: 0}", "nth counts from 1."),
        ("{kind: drop, nth: []}", "nth counts from 1."),
        ("{kind: drop, nth: {every: 0}}", "'nth': every must be 1 or more."),
        ("{kind: drop, nth: {evry: 2}}", f"'nth' {NUMBERS}"),
        ("{kind: drop, nth: third}", f"'nth' {NUMBERS}"),
        ("{kind: duplicates, rows: 1.5}", f"'rows' {NUMBERS}"),
        ("{kind: drop, content: []}", "content and action must not be empty."),
        ("{kind: status, status: 200}", "status must be between 400 and 599."),
        ("{kind: cut}", "one of keep_bytes and lose_bytes is needed, and not both."),
        (
            "{kind: cut, keep_bytes: 1, announced: hole}",
            "'announced': Input should be 'whole', 'chunks', 'nothing' or 'sent'.",
        ),
        ("{kind: charset, body: base64}", "body: there is no text encoding 'base64'."),
        ("{kind: charset}", "body or header must be something else than utf-8."),
        ('{kind: charset, header: "a\\r\\nb: c"}', "header must be plain text."),
        ("{kind: drop, content: recrod}", "the content 'recrod' is not known. Did you mean 'record'?"),
        ("{kind: drop, action: [export, imprt]}", "the action 'imprt' is not known. Did you mean 'import'?"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_with_its_number_and_its_key(rule: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        reading.read(f"rules: [{{kind: drop}}, {rule}]", "f", contents.discovered())
    assert str(refusal.value) == f"f, rule 2: {sentence}"


def test_every_mistake_of_a_file_is_said_at_once() -> None:
    with pytest.raises(Unreadable) as refusal:
        reading.read("rules: [{kind: drop, nth: x, times: y}, {kind: x}]\nsalt: 1", "f")
    lines = str(refusal.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["f", "f, rule 1", "f, rule 1", "f, rule 2"]


@pytest.mark.parametrize(
    ("nth", "numbers"),
    [
        (3, [3]),
        ((1, 4, 5), [1, 4, 5]),
        (Series(every=3), [3, 6, 9]),
        (Series(after=7), [8, 9, 10]),
        (Series(every=2, after=5), [7, 9]),
        (Series(), list(range(1, 11))),
    ],
    ids=["one", "some", "every", "after", "both", "all"],
)
def test_nth_says_which_calls_are_struck(nth: int | tuple[int, ...] | Series, numbers: list[int]) -> None:
    assert struck(Status(nth=nth), 10) == numbers


def test_times_says_how_many_calls_are_struck_at_most() -> None:
    assert struck(Status(times=2, nth=Series(every=2)), 10) == [2, 4]
    assert len(struck(Status(times=2, probability=0.5), 100)) == 2


def test_nth_counts_the_calls_the_rule_concerns() -> None:
    faults = Faults(Plan((Status(content="record", action=("import", "delete"), nth=2),)))
    calls = [("record", "import"), ("record", "export"), ("log", "import"), ("record", "delete"), ("record", "import")]
    assert [bool(faults.strike(asked(*one))) for one in calls] == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("content", "contents_struck"),
    [("*", "record log x"), ("record", "record"), (("log", "record"), "record log"), (("log", "*"), "record log x")],
)
def test_a_rule_concerns_the_contents_it_names(content: str | tuple[str, ...], contents_struck: str) -> None:
    faults = Faults(Plan((Status(content=content),)))
    assert " ".join(one for one in ("record", "log", "x") if faults.strike(asked(one))) == contents_struck


def test_the_same_seed_and_the_same_calls_give_the_same_faults() -> None:
    first, again, other = (struck(Status(probability=0.5), 60, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert 15 < len(first) < 45


def test_replacing_a_plan_begins_it_anew() -> None:
    faults = Faults(Plan((Status(probability=0.5), Status(nth=3)), seed=5))
    first = [len(faults.strike(asked())) for _ in range(20)]
    faults.replace(faults.plan)
    assert [len(faults.strike(asked())) for _ in range(20)] == first


def test_one_rules_chance_does_not_depend_on_another_rule_of_the_file() -> None:
    rule = Status(probability=0.5)
    alone = struck(rule, 50)
    faults = Faults(Plan((rule, Latency(seconds=0, probability=0.3))))
    both = [any(strike.rule == rule for strike in faults.strike(asked())) for _ in range(50)]
    assert [number for number, hit in enumerate(both, 1) if hit] == alone


@given(st.floats(0, 1), st.integers(0, 5))
def test_a_rule_strikes_never_always_or_something_in_between(probability: float, seed: int) -> None:
    hits = struck(Status(probability=probability), 40, seed)
    assert (len(hits) == 0) >= (probability == 0)
    assert (len(hits) == 40) >= (probability == 1)


def test_calls_from_many_threads_are_all_counted() -> None:
    faults = Faults(Plan((Status(nth=Series(every=10)),)))
    hits: list[int] = []

    def work() -> None:
        hits.append(sum(bool(faults.strike(asked())) for _ in range(500)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(hits) == 400


def test_over_http_the_same_seed_and_the_same_calls_give_the_same_answers(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("seed: 3\nrules: [{kind: status, status: 502, probability: 0.4}]", "utf-8")
    runs = []
    for number in range(2):
        with serve(tmp_path / str(number), SUPER_TOKEN, faults=file) as sandbox:
            runs.append([Api(sandbox.url, "").call("version").status_code for _ in range(25)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {403, 502}


def test_the_command_serves_with_the_faults_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('{"rules": [{"kind": "status", "status": 503, "nth": 2}]}', "utf-8")
    options = ["--port", "0", "--data", str(tmp_path / "data"), "--super-token", SUPER_TOKEN, "--faults", str(file)]
    running = subprocess.Popen(
        [sys.executable, "-m", "redcap_sandbox", "serve", *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "sandbox"), str(ROOT / "sync")))},
    )
    try:
        assert running.stdout is not None
        stranger = Api(running.stdout.readline().split()[-1], "")
        assert [stranger.call("version").status_code for _ in range(3)] == [403, 503, 403]
    finally:
        running.terminate()
        running.communicate()


def test_the_command_refuses_a_faults_file_with_mistakes_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("rules: [{kind: latancy}]", "utf-8")
    options = ["--port", "0", "--data", str(tmp_path / "data"), "--super-token", SUPER_TOKEN, "--faults", str(file)]
    result = CliRunner().invoke(main, ["serve", *options])
    assert result.exit_code == 2
    assert "faults.yaml, rule 1: the kind 'latancy' is not known. Did you mean 'latency'?" in " ".join(
        result.output.split()
    )
    assert not (tmp_path / "data").exists()


def test_the_command_refuses_a_faults_file_that_is_not_there(tmp_path: Path) -> None:
    options = ["--port", "0", "--data", str(tmp_path), "--super-token", SUPER_TOKEN, "--faults", str(tmp_path / "none")]
    result = CliRunner().invoke(main, ["serve", *options])
    assert result.exit_code == 2
    assert "cannot be read: No such file or directory" in " ".join(result.output.split())


def test_a_faults_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_bytes(b"rules: \xff")
    with pytest.raises(Unreadable, match="cannot be read as UTF-8 text"):
        reading.load(file)


def examples() -> list[str]:
    return re.findall(r"```(?:yaml|json)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_every_example_of_the_page_can_be_read() -> None:
    plans = [reading.read(one, "page", contents.discovered()) for one in examples()]
    assert all(plan.rules for plan in plans)


def test_the_page_has_an_example_of_every_fault() -> None:
    shown = {rule.kind for one in examples() for rule in reading.read(one).rules}
    assert shown == set(KINDS)


def test_the_page_names_every_setting() -> None:
    text = PAGE.read_text("utf-8")
    names = {one.name for kind in KINDS.values() for one in fields(kind)}
    assert {name for name in names if not re.search(rf"\b{name}\b[`:]", text)} == set()


def test_a_rule_made_in_python_is_checked_as_one_from_a_file() -> None:
    with pytest.raises(ValueError, match="one of keep_bytes and lose_bytes is needed"):
        Cut(keep_bytes=1, lose_bytes=1)


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_a_file_holds_it_is_read_or_refused(value: object) -> None:
    for text in (json.dumps(value), json.dumps({"rules": [value, {"kind": "drop", "nth": value}]})):
        with suppress(Unreadable):
            assert isinstance(reading.read(text), Plan)

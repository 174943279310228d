"""A faults file, YAML or JSON, → the plan it describes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from redcap_sandbox.contents import Contents
from redcap_sandbox.faults.kinds import KINDS
from redcap_sandbox.faults.rules import ANY, Plan, Rule, Words

_TOP = ("seed", "rules")


class Unreadable(ValueError):
    """The file is no plan: the message has one sentence for each mistake, with its file, rule and key."""


def load(path: Path, contents: Contents | None = None) -> Plan:
    """The plan in the file; Unreadable if there is none, as for `read`."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}. Check its name, and who may read it.") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} cannot be read as UTF-8 text. Save it as UTF-8.") from error
    return read(text, str(path), contents)


def read(text: str, name: str = "faults", contents: Contents | None = None) -> Plan:
    """The plan in the text, which messages call `name`; Unreadable with every mistake that was found.

    With `contents`, a rule for a content or an action that is not among them is a mistake.
    """
    raw = _parsed(text, name)
    raw = {} if raw is None else raw
    if not isinstance(raw, dict):
        raise Unreadable(f"{name}: this should be a seed and a list of rules, but it is not.")
    seed, rules = raw.get("seed", 0), raw.get("rules") or []
    problems = [f"{name}: {_unknown('key', str(key), _TOP)}" for key in raw if key not in _TOP]
    if type(seed) is not int:
        problems.append(f"{name}: the seed must be a whole number.")
    if not isinstance(rules, list):
        raise Unreadable("\n".join([*problems, f"{name}: 'rules' must be a list, each with a '- ' before it."]))
    found: list[Rule] = []
    for number, one in enumerate(rules, 1):
        try:
            found.append(_rule(one, _vocabulary(contents) if contents else {}))
        except Unreadable as why:
            problems.extend(f"{name}, rule {number}: {sentence}" for sentence in str(why).splitlines())
    if problems:
        raise Unreadable("\n".join(problems))
    return Plan(tuple(found), seed)


def _parsed(text: str, name: str) -> Any:
    try:
        # YAML reads JSON, too, but not where it is indented with tabs.
        return json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise Unreadable(f"{name}{line}: this is not valid YAML ({error.problem}).") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"{name}, line {error.lineno}: this is not valid JSON ({error.msg}).") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"{name}: this can be read neither as YAML nor as JSON.") from error


def _vocabulary(contents: Contents) -> Mapping[str, Collection[str]]:
    """The words that rules may have for `content` and `action`."""
    keys = {*contents.actions, *contents.super_actions}
    return {"content": {content for content, _ in keys}, "action": {action for _, action in keys}}


def _rule(raw: Any, vocabulary: Mapping[str, Collection[str]]) -> Rule:
    """The rule; Unreadable, without its place in the file, if it is none."""
    if not isinstance(raw, dict):
        raise Unreadable("this should be settings with names, such as 'kind: latency', but it is not.")
    if "kind" not in raw:
        raise Unreadable(f"'kind' is missing. Known: {', '.join(sorted(KINDS))}.")
    kind = KINDS.get(str(raw["kind"]))
    if kind is None:
        raise Unreadable(_unknown("kind", str(raw["kind"]), KINDS))
    rule = _checked(kind, {str(key): value for key, value in raw.items() if key != "kind"})
    strangers = [
        _unknown(name, word, known)
        for name, known in vocabulary.items()
        for word in _listed(getattr(rule, name))
        if word != ANY and word not in known
    ]
    if strangers:
        raise Unreadable("\n".join(strangers))
    return rule


def _checked(kind: type[Rule], settings: Mapping[str, Any]) -> Rule:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415  (only who has a file waits for it)

    try:
        # As JSON, so that lists become tuples while nothing else is bent to fit.
        return TypeAdapter(kind).validate_json(json.dumps(settings, default=str), strict=True)
    except ValidationError as wrong:
        known = [field.name for field in fields(kind)]
        faulty: dict[str, Any] = {}
        for error in wrong.errors():  # one for each way in which a setting could have been right
            key = str(error["loc"][0]) if error["loc"] else ""
            if key not in faulty or error["type"] == "value_error":
                faulty[key] = error
        raise Unreadable("\n".join(_sentence(key, error, known) for key, error in faulty.items())) from None


def _sentence(key: str, error: Any, known: Iterable[str]) -> str:
    """What is wrong with a setting. Its value is not repeated: the place is enough."""
    within = len(error["loc"]) > 1
    if error["type"] == "value_error":  # what a rule itself says about its settings
        return f"'{key}': {error['ctx']['error']}." if key else f"{error['ctx']['error']}."
    if within and key in {"nth", "rows"}:
        return f"'{key}' must be a number, a list of numbers, or {{every: n, after: n}}."
    if error["type"] == "unexpected_keyword_argument":
        return _unknown("key", key, known)
    if error["type"] == "missing":
        return f"'{key}' is missing. Add it."
    return f"'{key}': {error['msg']}."


def _unknown(what: str, word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(names)}."
    return f"the {what} '{word}' is not known. {hint}"


def _listed(words: Words) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else words

"""A plan in words: for a terminal, for a pull request, for a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from breakthrough.english import many
from breakthrough.instruments.plan.values import Plan, Risk, Step

_RISKS: tuple[Risk, ...] = ("loses data", "review", "safe")
_MEANING = {
    "safe": "nothing stored changes",
    "review": "look before you let it happen",
    "loses data": "stored values would be lost",
}


def words(plan: Plan) -> str:
    """The plan as text, part by part, each step with its name, ending with what there is to do in numbers."""
    lines: list[str] = []
    for part, run in groupby(plan.steps, key=lambda step: step.part):
        lines.append(f"{part.capitalize()}:")
        for step in run:
            lines += [f"  {step.kind} {step.what} [{step.risk}{', by hand' if step.by_hand else ''}]"]
            lines += [f"      {step.evidence}", f"      {step.name}"]
    lines += [f"Not compared: {unseen}" for unseen in plan.uncompared]
    lines += [f"Note: {remark}" for remark in _notes(plan)]
    return "\n".join([*lines, summary(plan)])


def summary(plan: Plan) -> str:
    """`4 steps: 1 loses data, 3 safe.`, or that there is nothing to do, as far as the token can see."""
    if not plan.steps and plan.complete:
        return "Nothing to do: REDCap has everything as it is defined here."
    if not plan.steps:
        return "Nothing to do in what this token can see. Not everything was compared."
    counts = [f"{number} {risk}" for risk in _RISKS if (number := sum(step.risk == risk for step in plan.steps))]
    by_hand = sum(step.by_hand for step in plan.steps)
    told = f"{many(len(plan.steps), 'step')}: {', '.join(counts)}" + (f"; {by_hand} by hand." if by_hand else ".")
    return told if plan.complete else f"{told} Not everything was compared."


def markdown(plan: Plan, title: str) -> str:
    """The plan for a pull request: a table a part, what loses data told first."""
    lines = [f"## {_cell(title)}", "", summary(plan), ""]
    if plan.losses:
        lines += ["**These steps lose data**, and are done only when each is allowed by name:", ""]
        lines += [f"- `{step.name}`: {_cell(step.evidence)}" for step in plan.losses]
        lines.append("")
    for part, run in groupby(plan.steps, key=lambda step: step.part):
        lines += [f"### {part.capitalize()}", "", *_table(list(run)), ""]
    for heading, told in (("Not compared", plan.uncompared), ("Notes", _notes(plan))):
        if told:
            lines += [f"### {heading}", "", *(f"- {_cell(remark)}" for remark in told), ""]
    risks = [risk for risk in _RISKS if any(step.risk == risk for step in plan.steps)]
    lines += ["; ".join(f"*{risk}*: {_MEANING[risk]}" for risk in risks) + "."] if risks else []
    return "\n".join(lines).rstrip() + "\n"


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain data: `steps` in order, `remarks`, and how many steps there are of each risk.

    `complete` is False where the token could not see everything; `not_compared` says what, as `remarks` do, too.
    """
    return {
        "steps": [
            {
                "name": step.name,
                "part": step.part,
                "kind": step.kind,
                "what": step.what,
                "evidence": step.evidence,
                "risk": step.risk,
                "by_hand": step.by_hand,
            }
            for step in plan.steps
        ],
        "remarks": list(plan.remarks),
        "complete": plan.complete,
        "not_compared": list(plan.uncompared),
        "risks": {risk: sum(step.risk == risk for step in plan.steps) for risk in _RISKS},
    }


def _notes(plan: Plan) -> list[str]:
    return [remark for remark in plan.remarks if remark not in plan.uncompared]


def _table(steps: Sequence[Step]) -> Iterator[str]:
    yield "| step | evidence | class |"
    yield "|---|---|---|"
    for step in steps:
        risk = f"**{step.risk}**" if step.risk == "loses data" else step.risk
        hand = ", by hand" if step.by_hand else ""
        yield f"| {_cell(f'{step.kind} {step.what}')} | {_cell(step.evidence)} | {risk}{hand} |"


def _cell(text: str) -> str:
    """The text in one cell of a table, its own bars, brackets and stars not taken for markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in " ".join(text.split()))

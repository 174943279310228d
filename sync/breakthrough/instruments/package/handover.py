"""The hand-over package for a project in production, where REDCap lets a person alone change the dictionary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from breakthrough.content import Content
from breakthrough.english import many
from breakthrough.instruments import dictionary, templates
from breakthrough.instruments.difference import Risk
from breakthrough.instruments.plan import Live, Step
from breakthrough.instruments.project import Project

_RISKS: tuple[Risk, ...] = ("loses data", "review", "safe")
_MEANING = {
    "loses data": "values that are stored today would no longer be there, or no longer have a meaning",
    "review": "nothing that is stored is lost; somebody should look at what people will see",
    "safe": "nothing that is stored changes",
}
_CELL = str.maketrans({"|": "\\|", "\n": " ", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class Handover:
    """What is handed over: the project in REDCap, the steps a person does, and those that follow.

    `drafted` are steps of the dictionary; `later` what `deploy` does by itself once they are approved; `by_hand` what
    no API can do at all.
    """

    title: str
    number: int | None
    records: int
    at: dt.datetime
    drafted: tuple[Step, ...]
    later: tuple[Step, ...] = ()
    by_hand: tuple[Step, ...] = ()
    backup: Path | None = None  # with every record, where a drafted step loses data

    @property
    def kept(self) -> str:
        """A sentence on the backup; blank where there is none."""
        if self.backup is None:
            return ""
        return (
            f"Every record as it was then is kept in {self.backup}, on the computer that worked this out. What is "
            "entered between then and the approval is not in it: run breakthrough deploy again right before."
        )

    def of(self, risk: Risk) -> tuple[Step, ...]:
        """The drafted steps of that class."""
        return tuple(step for step in self.drafted if step.risk == risk)

    @property
    def name(self) -> str:
        """`Attendance 2026 (project 42)`."""
        return self.title if self.number is None else f"{self.title} (project {self.number})"

    @property
    def counted(self) -> str:
        """`2 review, 5 safe`; classes without a step are left out."""
        return ", ".join(f"{len(self.of(risk))} {risk}" for risk in _RISKS if self.of(risk))


def write(folder: Path, content: Content, project: Project, live: Live, handed: Handover) -> tuple[Path, ...]:
    """The files written to that folder: dictionary.csv, memo.md, memo.html, checklist.md; older ones are replaced.

    The dictionary holds the site's licensed wordings: only its owner can read it. Raises OSError, TemplateBroken.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {
        "dictionary.csv": dictionary.encode(dictionary.made(project.worded(live.fields).fields, "dictionary.csv")),
        "memo.md": "\n".join([*_memo(handed), ""]).encode(),
        "memo.html": _page(content, handed).encode(),
        "checklist.md": "\n".join([*_checklist(handed), ""]).encode(),
    }
    paths = []
    for name, what in files.items():
        path = folder / name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(what)
        paths.append(path)
    return tuple(paths)


def _page(content: Content, handed: Handover) -> str:
    values = {
        "handed": handed,
        "classes": [(risk, _MEANING[risk], handed.of(risk)) for risk in _RISKS if handed.of(risk)],
        "steps": many(len(handed.drafted), "change"),
        "records": many(handed.records, "record"),
        "sheet": templates.static(content, "reports/static/handover.css"),
    }
    return templates.rendered(content, "handover/memo.html.j2", values)


def _memo(handed: Handover) -> Iterator[str]:
    yield f"# Change to the REDCap project {_safe(handed.name)}"
    yield ""
    yield f"{many(len(handed.drafted), 'change')} of the data dictionary: {handed.counted}."
    yield f"Worked out on {handed.at:%Y-%m-%d %H:%M %Z} from the project as it was then, with"
    yield f"{many(handed.records, 'record')}. `dictionary.csv` is the whole dictionary as it is to be."
    for risk in _RISKS:
        if steps := handed.of(risk):
            yield ""
            yield f"## {risk.capitalize()}: {_MEANING[risk]}"
            yield ""
            yield from _table(steps)
    yield ""
    yield "## What we ask"
    yield ""
    yield "Please look at the drafted changes in Draft Mode and approve them. Field by field they are the ones above."
    if losses := handed.of("loses data"):
        yield f"{many(len(losses), 'change')} would lose what is stored: please approve only if we both know why."
        if handed.kept:
            yield _safe(handed.kept)


def _table(steps: Sequence[Step]) -> Iterator[str]:
    yield "| change | evidence |"
    yield "|---|---|"
    yield from (f"| {_safe(f'{step.kind} {step.what}')} | {_safe(step.evidence)} |" for step in steps)


def _checklist(handed: Handover) -> Iterator[str]:
    yield f"# To do by hand in REDCap: {_safe(handed.name)}"
    yield ""
    yield "The project is in production: a person changes the dictionary, in Draft Mode."
    yield ""
    yield "- [ ] Open the project in REDCap, Designer, and press *Enter Draft Mode*."
    yield "- [ ] Data Dictionary: upload `dictionary.csv`. REDCap checks it and shows what changes."
    changes = f"{many(len(handed.drafted), 'change')} ({handed.counted})"
    yield f"- [ ] Compare with `memo.md`: {changes}. Nothing else may be there."
    if handed.kept:
        yield f"- [ ] {_safe(handed.kept)} Look that the folder is there before you go on."
    yield "- [ ] Press *Submit changes for review*, and give `memo.html` to your REDCap administrator."
    yield "- [ ] When they are approved, run `breakthrough plan`: the dictionary must have nothing left to do."
    yield "- [ ] Then run `breakthrough deploy`, which records the new codes in `codes.csv`, and commit that file."
    if handed.later:
        yield f"      It also does the rest ({many(len(handed.later), 'step')}):"
        yield from (f"      - {_safe(f'{step.kind} {step.what}')}" for step in handed.later)
    for step in handed.by_hand:
        yield f"- [ ] {_safe(f'{step.kind.capitalize()} {step.what}: {step.evidence}')}."
    yield ""
    yield "If the administrator turns it down: *Remove all drafted changes* in Draft Mode puts everything back."


def _safe(text: str) -> str:
    return text.translate(_CELL)

"""Made-up end of a collaborative: closing forms, last storyboards, files to share, the last check of each change.

There is nothing of it unless the scene closes. Whoever fell silent fills nothing in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from breakthrough.demo.cast import Row
from breakthrough.demo.plots import Agreed, Plot
from breakthrough.demo.scene import Scene
from breakthrough.demo.story import Closing

_FIRM = 3  # tests after which a change is daily work, where it helped
_AT_THE_END = "2"  # su_when
_ITEMS = ("measure", "owner", "train", "written", "leader", "wanted", "cost", "fit", "adapt", "means")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes into a field of a form, once the form is there."""

    record: str
    field: str
    instance: int
    name: str
    content: bytes


def closeout(index: int, plot: Plot, scene: Scene) -> Row | None:
    """The team's closing form, without its place in REDCap."""
    words = _words(plot, scene)
    if words is None:
        return None
    idea = _idea(plot, scene)
    adopted = {f"co_adopted___{code.lower()}": str(int(code == plot.idea and _kept(plot))) for code in _ideas(scene)}
    return {
        "co_aim_met": plot.aim_met,
        **adopted,
        "co_best_change": _one(words.best, index).replace("{idea}", idea),
        "co_would_not": _one(words.never_again, index),
        "co_sustain_owner": _one(words.owners, index),
        "co_next_measure_freq": "1" if _kept(plot) else "2",
        "co_package_text": _once(words.advice, index),
        "co_pub_ok": _yes(plot, "story"),
        "co_noid": _cleared(plot),
        "closeout_complete": "2",
    }


def storyboards(index: int, plot: Plot, scene: Scene) -> Iterator[Row]:
    """The team's storyboard for each congress."""
    words = _words(plot, scene)
    for event in scene.collaborative.calendar.events if words else ():
        if words and event.kind == "congress" and event.date <= scene.today:
            yield {
                "sb_event": event.code,
                "sb_best": _one(words.proud, index),
                "sb_hard": _one(words.hard, index),
                "sb_question": _one(words.questions, index),
                "sb_public": _yes(plot, "storyboard"),
                "sb_noid": _cleared(plot),
            }


def documents(index: int, plot: Plot, scene: Scene) -> Iterator[Row]:
    """What the team put up for others to use, one file a team."""
    if words := _words(plot, scene):
        one = words.files[index % len(words.files)]
        driver = scene.collaborative.driver_of(plot.idea)
        yield {
            "du_type": one.kind,
            "du_driver": driver.code if driver else "none",
            "du_note": one.note,
            "du_share": _yes(plot, "document"),
            "du_noid": _cleared(plot),
        }


def checks(index: int, plot: Plot, scene: Scene) -> Iterator[Row]:
    """Whether a change that is daily work will last, as its team sees it at the end: high but for one statement."""
    words = _words(plot, scene)
    if words and _kept(plot):
        answers = {f"su_{item}": "4" if (at + index) % 3 else "3" for at, item in enumerate(_ITEMS)}
        answers[f"su_{_ITEMS[index % len(_ITEMS)]}"] = "1"
        yield {
            "su_change": plot.idea,
            "su_when": _AT_THE_END,
            **answers,
            "su_risk": _one(words.risks, index),
            "su_do": _one(words.remedies, index),
            "su_by": str((scene.until + 3).first),
            "su_noid": _cleared(plot),
        }


def files(rows: list[Row], scene: Scene) -> Iterator[Attached]:
    """A file for each storyboard and document among those rows: a page of plain text."""
    titles = {member.record: member.name for member in scene.members}
    for row in rows if scene.closes else ():
        form, record = row["redcap_repeat_instrument"], row["record_id"]
        if form not in _FILES:
            continue
        field, told = _FILES[form]
        text = "\n\n".join([titles[record], *(row[each] for each in told if row.get(each))])
        name = f"{form.replace('_', '-')}-{record}-{row['redcap_repeat_instance']}.txt"
        yield Attached(record, field, int(row["redcap_repeat_instance"]), name, text.encode())


_FILES = {  # the field of each form that takes a file, and what of the form is written in it
    "storyboard": ("sb_file", ("sb_best", "sb_hard", "sb_question")),
    "document_upload": ("du_file", ("du_note",)),
}


def _words(plot: Plot, scene: Scene) -> Closing | None:
    return scene.story.closing if scene.closes and not plot.silent else None


def _kept(plot: Plot) -> bool:
    return plot.cycles >= _FIRM and plot.process_gain > 0


def _ideas(scene: Scene) -> tuple[str, ...]:
    return tuple(scene.collaborative.ideas)


def _idea(plot: Plot, scene: Scene) -> str:
    return scene.collaborative.ideas[plot.idea].title


def _one(some: tuple[str, ...], index: int) -> str:
    return some[index % len(some)]


def _once(some: tuple[str, ...], index: int) -> str:
    """Each of them of one team, for they are read side by side; who comes after the last writes nothing."""
    return some[index] if index < len(some) else ""


def _yes(plot: Plot, what: Agreed) -> str:
    return str(int(what in plot.agrees))


def _cleared(plot: Plot) -> str:
    return str(int(not plot.unticked))

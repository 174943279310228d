"""The questions of an assessment, written from its scoring profile: our own statements, or a placeholder an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breakthrough.instruments.field import Choice, joined
from breakthrough.instruments.profiles import Part, Profile


@dataclass(frozen=True, slots=True)
class Question:
    """What one item adds to the row it is written from: its part of the name, the words for `$…`, the other cells."""

    code: str
    words: Mapping[str, str]
    cells: Mapping[str, str]


def questions(profile: Profile) -> Iterator[Question]:
    """One for each item, in order. Our own statements with a label for each number are a matrix a part."""
    for part in profile.parts:
        for number in range(1, part.size + 1):
            words = _words(profile) | {"part": part.name, "label": _label(part, number)}
            yield Question(profile.item(part.code, number), words, _cells(profile, part))


def footer(profile: Profile) -> Question:
    """The line that must stand wherever the assessment is shown."""
    return Question(profile.prefix, _words(profile) | {"footer": profile.footer}, {"branching_logic": _chosen(profile)})


def _label(part: Part, number: int) -> str:
    if part.statements:
        return part.statements[number - 1]
    return f"Item {number} of part {part.code}: read from your licensed copy"


def _words(profile: Profile) -> dict[str, str]:
    scale = f"{profile.scale.least} to {profile.scale.greatest}"
    return {"title": profile.title, "about": profile.about, "scale": scale}


def _cells(profile: Profile, part: Part) -> dict[str, str]:
    scale, shown = profile.scale, {"branching_logic": _chosen(profile)}
    if not scale.labels:
        return shown | {"text_validation_min": str(scale.least), "text_validation_max": str(scale.greatest)}
    labels = tuple(Choice(str(number), label) for number, label in scale.labels.items())
    return shown | {
        "field_type": "radio",
        "select_choices_or_calculations": joined(labels),
        "field_note": "",
        "text_validation_type_or_show_slider_number": "",
        "matrix_group_name": f"{profile.prefix}_{part.code}",
    }


def _chosen(profile: Profile) -> str:
    return f"[ca_profile] = '{profile.name}'"

"""Dictionaries of 2,700 and of 12,000 fields looked through: right ones, and ones that are wrong in every third row.

    python bench/lint.py

Every row has logic of its own, so that nothing is parsed once for many. Times are of the processor, from the file to
the text that is printed; the best of several rounds. The last line is one JSON object. Exit status 1 if an aim is
missed: 2 s for 2,700 fields, 30 s for 12,000.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from breakthrough.instruments import dictionary
from breakthrough.instruments.field import Field
from breakthrough.instruments.lint import looks, rendering

SIZES = {2_700: 2.0, 12_000: 30.0}  # fields: seconds at most
ROUNDS = 3
FORM = 60  # fields
CHOICES = "1, Never | 2, Sometimes | 3, Often | 99, Not known"


def fields(size: int, *, wrong: bool) -> Iterator[Field]:
    """So many fields of all kinds; `wrong`: every third refers to what is not there, or has another fault."""
    yield Field("record_id", "form_0", field_label="Record")
    for number in range(1, size):
        yield row(number, wrong=wrong and number % 3 == 0)


def row(number: int, *, wrong: bool) -> Field:
    earlier = f"item_{max(1, number - 8) // 8 * 8 + 1}" if number > 16 else "record_id"
    cells = {
        "field_name": f"item_{number}",
        "form_name": f"form_{number // FORM}",
        "field_type": ("notes", "radio", "checkbox", "calc", "text", "dropdown", "yesno", "text")[number % 8],
        "field_label": f"Question {number}: what did you see, and was it as in [{earlier}]?",
        "branching_logic": f"[{earlier}] <> '' and ([{earlier}] = '{number % 3 + 1}' or [record_id] <> '{number}')",
        "field_annotation": "@CHARLIMIT=200" if number % 8 in {0, 4} else "",
    }
    if cells["field_type"] in {"radio", "checkbox", "dropdown"}:
        cells["select_choices_or_calculations"] = CHOICES
    if cells["field_type"] == "calc":
        cells["select_choices_or_calculations"] = f"round(if([{earlier}] = 1, {number}, 0) / 7, 1)"
    if wrong:
        cells["branching_logic"] = f"[itm_{number}x] = '1' or [{earlier}] = 'seldom' and [{earlier}] = '2'"
        cells["field_annotation"] += " @HIDEN @DEFAULT='x"
    return Field.of(cells)


def seconds(path: Path) -> tuple[float, int]:
    """The shortest time of several, and how much was found."""
    times = []
    found = 0
    for _ in range(ROUNDS):
        begun = time.process_time()
        seen = looks.silenced(looks.at(path))
        rendering.text(seen, path.parent)
        times.append(time.process_time() - begun)
        found = sum(len(look.findings) for look in seen)
    return min(times), found


def main() -> int:
    figures: dict[str, float] = {}
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for size, aim in SIZES.items():
            for kind in ("right", "wrong"):
                path = Path(folder) / f"{kind}_{size}.csv"
                dictionary.write(path, fields(size, wrong=kind == "wrong"))
                taken, found = seconds(path)
                print(f"{size:6,} fields, {kind}: {taken:6.2f} s, {found:6,} findings (aim {aim:g} s)")
                figures[f"{kind}_{size}"] = round(taken, 3)
                met = met and taken < aim
    print(json.dumps({"bench": "lint", "seconds": figures, "aims": SIZES, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

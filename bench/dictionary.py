"""A dictionary of 2,700 fields read and written again: as CSV, as instrument ZIP and as project XML.

    python bench/dictionary.py

The fields are the shipped instruments over and over under other names. Times are of the processor, the best of
several rounds. The last line is one JSON object. Exit status 1 if CSV or XML takes 0.5 s or more to read and write.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count, islice
from pathlib import Path

from breakthrough.instruments import archive, dictionary, formats, odm
from breakthrough.instruments.field import Field

CONTENT = Path(__file__).parent.parent / "instruments"
FIELDS, ROUNDS = 2_700, 7
AIM = 0.5  # seconds, for reading and writing together


def many() -> tuple[Field, ...]:
    """So many fields, each name once."""
    shipped = [field for path in sorted(CONTENT.glob("*.csv")) for field in dictionary.read(path)]
    again = (
        replace(field, field_name=f"{field.field_name}_{turn}", form_name=f"{field.form_name}_{turn}")
        for turn in count()
        for field in shipped
    )
    return tuple(islice(again, FIELDS))


def best(action: Callable[[], object]) -> float:
    """The shortest time of several, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return round(min(times) * 1000, 1)


def main() -> int:
    fields = many()
    one_form = tuple(replace(field, form_name="one") for field in fields)
    files = {
        "csv": dictionary.encode(dictionary.made(fields, "many.csv")),
        "zip": archive.encode(archive.made(one_form, "many.zip")),
        "xml": odm.encode(odm.Project("Many", fields)),
    }
    figures: dict[str, float] = {"fields": len(fields)}
    for form, data in files.items():
        source = formats.parse(data, f"many.{form}")
        figures[f"{form}_kb"] = len(data) // 1024
        figures[f"{form}_read_ms"] = best(partial(formats.parse, data, "many"))
        figures[f"{form}_write_ms"] = best(partial(formats.encode, source))
    figures["xml_fresh_write_ms"] = best(partial(odm.encode, odm.Project("Many", fields)))
    print(json.dumps({"bench": "dictionary", **figures}))
    slow = [form for form in ("csv", "xml") if figures[f"{form}_read_ms"] + figures[f"{form}_write_ms"] >= AIM * 1000]
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())

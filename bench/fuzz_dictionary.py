"""Our own dictionaries as CSV, ZIP and XML with bytes changed at random: each is read, or refused in words.

    python bench/fuzz_dictionary.py [--inputs 1500] [--seed 1]

What is read must come back the same when it is written and read again, and every cell is put through the readers of
its small languages. The last line is one JSON object. Exit status 1 if anything but our own error was raised, if a
round trip changed a field, or if one input took more than a second of computing.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import archive, dictionary, formats, odm
from breakthrough.instruments.field import Field
from breakthrough.instruments.text import choices, embedding, html, matrices, piping, tags

CONTENT = Path(__file__).parent.parent / "instruments"
SLOW = 1.0  # seconds
# What breaks parsers: marks of the three formats, of text encodings, and of the languages inside cells.
POISON = (
    b'"', b'""', b",", b";", b"\t", b"\r", b"\r\n", b"\n", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x81", b"\xc3",
    b"NA",
    b"<", b">", b"&", b"&amp;", b"&#0;", b"&lol;", b"<!DOCTYPE x [<!ENTITY lol 'lol'>]>", b"]]>", b"<![CDATA[", b"<!--",
    b"</ODM>", b"<ODM>", b'="', b"='", b"PK\x03\x04", b"PK\x05\x06", b"@IF(", b"@DEFAULT='", b"@CALCTEXT(", b"[", b"][",
    b"{", b"}", b"|", b"(", b")", b"\\", b"//", b"#", b"field_name", b"sep=;", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"%s",
)  # fmt: skip


def seeds() -> list[bytes]:
    """Every shipped instrument as CSV in several shapes and as ZIP, and all of them as XML."""
    tables = [dictionary.load(path) for path in sorted(CONTENT.glob("*.csv"))]
    fields = [field for table in tables for field in table.fields]
    found = [dictionary.encode(table) for table in tables]
    found += [one.replace(b",", b";").replace(b"\n", b"\r\n") for one in found[:2]]
    found += [one.decode("utf-8-sig").encode("utf-16") for one in found[:1]]
    found += [archive.encode(archive.made(table.fields, table.name, "example.org")) for table in tables[:4]]
    found.append(odm.encode(odm.Project("Everything & <all>", tuple(fields), created="2026-01-31T12:00:00")))
    found.append(odm.encode(odm.Project("Small", tables[0].fields)))
    return found


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with up to eight changes: bytes flipped, poison put in, parts cut, doubled or made noise."""
    if formats.told(data) == "zip" and chance.random() < 0.7:  # few changes to packed bytes leave anything to read
        return repacked(data, chance)
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 8))):
        at = chance.randrange(len(found) + 1)
        until = min(len(found), at + chance.choice((1, 2, 8, 64, 1024)))
        match chance.randrange(6):
            case 0 if at < len(found):
                found[at] = chance.randrange(256)
            case 1:
                found[at:at] = chance.choice(POISON)
            case 2:
                del found[at:until]
            case 3:
                found[at:at] = found[at:until] * chance.choice((1, 3, 50))
            case 4:
                found[at:until] = chance.randbytes(until - at)
            case _ if chance.random() < 0.2:
                del found[at:]
    return bytes(found)


def repacked(data: bytes, chance: random.Random) -> bytes:
    """The same archive with one of its files changed, or under another name."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(written, "w") as again:
        members = [(name, packed.read(name)) for name in packed.namelist()]
        victim = chance.randrange(len(members))
        for place, (name, content) in enumerate(members):
            if place == victim and chance.random() < 0.2:
                again.writestr(
                    chance.choice(("../x.csv", "/etc/x", "a/instrument.csv", "x.csv", "\u00fc.txt")), content
                )
            else:
                again.writestr(name, mutated(content, chance) if place == victim else content)
    return written.getvalue()


def exercised(field: Field) -> None:
    """Every small language of a field's cells; what is found must stand where it says."""
    for cell in field.row().values():
        for one in (*piping.found(cell), *embedding.found(cell), *tags.every(cell), *choices.parse(cell)):
            if not 0 <= one.start <= one.end <= len(cell):
                raise AssertionError(f"{one} is outside its cell")
        html.plain(cell)
        html.safe(cell)


def tried(data: bytes) -> str:
    """What became of those bytes: `read_csv`, say, or `refused_xml`. Raises whatever goes wrong."""
    try:
        source = formats.parse(data, "fuzzed")
    except DictionaryInvalid:
        return f"refused_{formats.told(data)}"
    again = formats.parse(formats.encode(source), "fuzzed")
    if again.fields != source.fields:
        raise AssertionError("written and read again, the fields differ")
    for field in source.fields:
        exercised(field)
    matrices.found(source.fields)
    return f"read_{source.format}"


def run(inputs: int, chance: random.Random, report: Callable[[bytes], None]) -> Counter[str]:
    """Counts of what became of so many inputs."""
    given = seeds()
    result = Counter(inputs=inputs, failed=0, slowest_ms=0)
    started = time.perf_counter()
    for _ in range(inputs):
        data = mutated(chance.choice(given), chance)
        before = time.process_time()
        try:
            result[tried(data)] += 1
        except Exception:  # noqa: BLE001 - that is what is looked for
            result["failed"] += 1
            report(data)
        result["slowest_ms"] = max(result["slowest_ms"], round((time.process_time() - before) * 1000))
    result["seconds"] = round(time.perf_counter() - started)
    return result


def show(data: bytes) -> None:
    traceback.print_exc()
    print(f"the input began {data[:80]!r}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--inputs", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    result = run(asked.inputs, random.Random(asked.seed), show)
    print(json.dumps({"bench": "fuzz_dictionary", "seed": asked.seed, **result}))
    return 1 if result["failed"] or result["slowest_ms"] > SLOW * 1000 else 0


if __name__ == "__main__":
    sys.exit(main())

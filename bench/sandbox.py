"""How fast the sandbox starts, takes records and gives them back, and how much memory it needs for it.

100,000 rows of 60 columns go in through the API in calls of 5,000 and come out in one JSON export. Rows a second are
also given per second of the server's own processor time, which a busy machine does not change. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import requests

SUPER = "0123456789ABCDEF" * 4
COLUMNS = (
    "field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations",
    "field_note", "text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max",
    "identifier", "branching_logic", "required_field", "custom_alignment", "question_number", "matrix_group_name",
    "matrix_ranking", "field_annotation",
)  # fmt: skip
KINDS = ("text", "integer", "number", "date_ymd", "radio", "notes", "checkbox")


def dictionary(wide: int) -> list[dict[str, str]]:
    """Three forms of text, numbers, dates, choices and boxes; `wide` columns with the status of each form."""
    rows = [{"field_name": "record_id", "form_name": "form_1", "field_type": "text", "field_label": "Record"}]
    columns = 4  # the record id and three statuses
    number = 0
    while columns < wide:
        number += 1
        kind = KINDS[number % len(KINDS)]
        boxes = min(3, wide - columns) if kind == "checkbox" else 1
        columns += boxes
        row = {"field_name": f"f{number}", "form_name": f"form_{1 + number % 3}", "field_label": f"Field {number}"}
        row["field_type"] = kind if kind in {"notes", "radio", "checkbox"} else "text"
        if kind in {"integer", "number", "date_ymd"}:
            row["text_validation_type_or_show_slider_number"] = kind
        if kind in {"radio", "checkbox"}:
            listed = boxes if kind == "checkbox" else 3
            row["select_choices_or_calculations"] = " | ".join(
                f"{code}, Choice {code}" for code in range(1, listed + 1)
            )
        rows.append(row)
    rows.sort(key=lambda row: row["form_name"])
    return [{**dict.fromkeys(COLUMNS, ""), **row} for row in rows]


def record(number: int, fields: list[dict[str, str]], dice: random.Random) -> dict[str, str]:
    """A filled-in record."""
    row = {"record_id": str(number), **{f"form_{n}_complete": "2" for n in (1, 2, 3)}}
    for field in fields[1:]:
        name, validation = field["field_name"], field["text_validation_type_or_show_slider_number"]
        if field["field_type"] == "checkbox":
            count = field["select_choices_or_calculations"].count("|") + 1
            row |= {f"{name}___{code}": str(dice.randrange(2)) for code in range(1, count + 1)}
        elif field["field_type"] == "radio":
            row[name] = str(dice.randrange(1, 4))
        elif validation == "integer":
            row[name] = str(dice.randrange(1000))
        elif validation == "number":
            row[name] = f"{dice.random() * 100:.2f}"
        elif validation == "date_ymd":
            row[name] = f"2025-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
        else:
            row[name] = f"Words about no. {dice.randrange(10_000)}"
    return row


class Watched:
    """The server as a process of its own: its start-up time, memory and processor time."""

    def __init__(self, folder: str) -> None:
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "redcap_sandbox", "serve", "--port", "0", "--data", folder, "--super-token", SUPER],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().rsplit(" ", 1)[-1].strip()
        self.started_in = time.perf_counter() - started

    def memory(self, what: str = "VmRSS") -> float:
        """MiB in use, or with VmHWM the most there was."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        line = next(line for line in status.splitlines() if line.startswith(what))
        return int(line.split()[1]) / 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", "utf-8")

    def processor(self) -> float:
        """Seconds of processor time so far."""
        cells = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        return (int(cells[11]) + int(cells[12])) / 100

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def call(url: str, token: str, content: str, **parameters: object) -> requests.Response:
    sent = {name: json.dumps(value) if isinstance(value, list) else value for name, value in parameters.items()}
    reply = requests.post(url, data={"token": token, "content": content, "format": "json", **sent}, timeout=600)
    reply.raise_for_status()
    return reply


def encoded(token: str, rows: list[dict[str, str]]) -> bytes:
    """The body of an import: made beforehand, so that only the server's work is measured."""
    data = json.dumps(rows)
    return urlencode({"token": token, "content": "record", "format": "json", "data": data}).encode()


def taken(url: str, body: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    requests.post(url, data=body, headers=kind, timeout=600).raise_for_status()


def drained(url: str, token: str, **parameters: str) -> int:
    """Bytes of a whole export, read in pieces and thrown away, so that only the server's work is measured."""
    data = {"token": token, "content": "record", "format": "json", **parameters}
    with requests.post(url, data=data, stream=True, timeout=600) as reply:
        return sum(len(piece) for piece in reply.iter_content(1024 * 1024))


def measured(rows: int, wide: int) -> dict[str, float]:
    dice = random.Random(1)
    fields = dictionary(wide)
    with tempfile.TemporaryDirectory() as folder:
        server = Watched(folder)
        try:
            made = call(server.url, SUPER, "project", data=[{"project_title": "Bench", "purpose": 0}])
            token = made.text[-32:]
            call(server.url, token, "metadata", data=fields)
            figures: dict[str, float] = {"start_s": server.started_in, "idle_mib": server.memory()}
            spent = busy = 0.0
            for first in range(0, rows, 5000):
                chunk = [record(first + place, fields, dice) for place in range(1, min(5000, rows - first) + 1)]
                body = encoded(token, chunk)
                before, clock = server.processor(), time.perf_counter()
                taken(server.url, body)
                spent += time.perf_counter() - clock
                busy += server.processor() - before
            figures |= {"import_rows_s": rows / spent, "import_rows_cpu_s": rows / busy}
            figures["import_peak_mib"] = server.memory("VmHWM")
            server.forget_peak()
            before, clock = server.processor(), time.perf_counter()
            size = drained(server.url, token)
            spent, busy = time.perf_counter() - clock, server.processor() - before
            figures |= {"export_rows_s": rows / spent, "export_rows_cpu_s": rows / busy, "export_mb": size / 1e6}
            figures["export_peak_mib"] = server.memory("VmHWM")
            return figures
        finally:
            server.close()


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--rows", type=int, default=100_000)
    reading.add_argument("--columns", type=int, default=60)
    asked = reading.parse_args()
    figures = measured(asked.rows, asked.columns)
    for name, aim in (("import", 5_000), ("export", 30_000)):
        speed, busy = figures[f"{name}_rows_s"], figures[f"{name}_rows_cpu_s"]
        print(f"{name}: {speed:,.0f} rows/s, {busy:,.0f} per second of the server's processor (aim: {aim:,})")
        print(f"{name}: most memory {figures[f'{name}_peak_mib']:.0f} MiB, idle {figures['idle_mib']:.0f}")
    print(f"start-up: {figures['start_s']:.2f} s (aim: under 1)")
    print(
        json.dumps({"bench": "sandbox", "rows": asked.rows, **{key: round(value, 2) for key, value in figures.items()}})
    )


if __name__ == "__main__":
    main()

"""How fast records come into the store, in how much memory, beside PyCap's own export of everything to a DataFrame.

Both run over the sandbox, each in a process of its own, one after the other:
(a) a first pull of rows of 60 columns into the durable store: at most 4 times PyCap's time, and at most 60 MiB above
    the process with its libraries imported, however many rows;
(b) the monthly case: 1 % of the records have changed; 10 times faster than the full pull, with a tenth of its bytes.
    The list of records, which a project of this size is asked for once a day, is told apart;
(c) our own shape: every team's record changes each month, so everything is read again, least data only.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox import SUPER, Watched, call, dictionary, encoded, record, taken

PART = 5000  # records an import
SHIFT = 6 * 3600  # seconds by which the server's clock goes on between two steps, so that the overlap is behind


def memory(what: str) -> float:
    """MiB of this process: VmRSS now, VmHWM at most."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) / 1024


def watched(work: Any) -> dict[str, float]:
    """Seconds of that work, and by how many MiB it made this process grow at most."""
    Path("/proc/self/clear_refs").write_text("5", "utf-8")
    before, started = memory("VmRSS"), time.perf_counter()
    work()
    return {"s": time.perf_counter() - started, "mib": memory("VmHWM") - before}


def pycap(url: str, token: str, kind: str) -> dict[str, float]:
    """PyCap's export of everything, as `df` or `json`."""
    import redcap

    project = redcap.Project(url, token)
    project.export_records(format_type=kind, records=["1"])  # so that pandas is imported
    return watched(lambda: project.export_records(format_type=kind))


class Bytes(logging.Handler):
    """Adds up what the transport says of its answers."""

    total = 0

    def emit(self, line: logging.LogRecord) -> None:
        if found := re.search(r"bytes=(\d+)", line.getMessage()):
            self.total += int(found[1])


def ours(url: str, token: str, store: str, shift: int, mode: str, least: bool) -> dict[str, float]:
    """A pull into that store. `list_s` and `list_bytes` are the list of records' share."""
    from breakthrough import collaborative
    from breakthrough.content import Content
    from breakthrough.pull import need, pull
    from breakthrough.redcap.client import Client
    from breakthrough.redcap.record_list import RecordList
    from breakthrough.store import Store

    count = Bytes()
    line = logging.getLogger("breakthrough.redcap.transport")
    line.addHandler(count)
    line.setLevel(logging.DEBUG)
    figures: dict[str, float] = {"list_s": 0.0, "list_bytes": 0.0}

    class Timed(Client):
        def record_list(self, *, groups: bool = True) -> RecordList:
            started, before = time.perf_counter(), count.total
            found = super().record_list(groups=groups)
            figures["list_s"] += time.perf_counter() - started
            figures["list_bytes"] += count.total - before
            return found

    wanted = need.of(collaborative.load(Content().collaborative("absenteeism"))) if least else None
    now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=shift)
    with Store.open(f"sqlite:///{store}") as opened:
        done: list[Any] = []
        # only "full" is asked for by name: what has changed is what it does by itself
        asked: Any = mode if mode == "full" else None
        work = watched(lambda: done.append(pull(opened, Timed(url, token), now=now, mode=asked, need=wanted)))
    run = done[0].run
    figures |= work | {"bytes": count.total, "records": run.records, "written": run.changed}
    return figures


def apart(*arguments: object) -> dict[str, float]:
    """The figures of a contestant in a process of its own."""
    command = [sys.executable, __file__, "--contestant", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def new_project(server: Watched) -> str:
    made = call(server.url, SUPER, "project", data=[{"project_title": "Bench", "purpose": 0}])
    return made.text[-32:]


def shift_clock(server: Watched, seconds: int) -> None:
    from redcap_sandbox.client import Administrator

    Administrator(server.url, SUPER).set_clock(shift=seconds)


def large(server: Watched, folder: str, rows: int, wide: int) -> dict[str, Any]:
    """(a) and (b)."""
    dice = random.Random(1)
    token, fields = new_project(server), dictionary(wide)
    call(server.url, token, "metadata", data=fields)
    for first in range(0, rows, PART):
        some = range(first + 1, min(first + PART, rows) + 1)
        taken(server.url, encoded(token, [record(n, fields, dice) for n in some]))
    shift_clock(server, SHIFT)
    figures: dict[str, Any] = {"pycap_df": apart("pycap", server.url, token, "df")}
    figures["first"] = apart("ours", server.url, token, f"{folder}/large.sqlite", SHIFT, "full", 0)
    changed = dice.sample(range(1, rows + 1), max(1, rows // 100))
    taken(server.url, encoded(token, [record(n, fields, dice) for n in changed]))
    shift_clock(server, SHIFT + 25 * 3600)
    figures["monthly"] = apart("ours", server.url, token, f"{folder}/large.sqlite", SHIFT + 25 * 3600, "changed", 0)
    return figures


def teams(server: Watched, folder: str, number: int) -> dict[str, Any]:
    """(c): the demonstration's forms and people, with so many teams, before and after a month."""
    from breakthrough import collaborative as collaboratives
    from breakthrough.content import Content
    from breakthrough.demo import cast, stage, story
    from breakthrough.instruments import project as projects
    from breakthrough.instruments.plan import Wanted
    from breakthrough.month import Month
    from breakthrough.redcap.client import Client
    from breakthrough.redcap.deploy import deploy

    content = Content(Path(folder))
    (Path(folder) / "instruments").mkdir()
    told = story.load(content, "absenteeism")
    forms = told.instruments | {"care_assessment": {"use": True, "profiles": [told.assessment]}}
    (Path(folder) / "instruments" / "project.yaml").write_text(json.dumps({"instruments": forms}), "utf-8")
    here = collaboratives.load(content.collaborative("absenteeism"))
    token, until = new_project(server), Month("2026-03")
    client = Client(server.url, token)
    members = cast.members([f"Team {n}" for n in range(number)], here)
    scene = replace(stage.scene(told, here, content, until, dt.date(2026, 4, 15), None), members=members)
    deploy(client, Wanted(projects.load(content, here), scene.teams))
    staged = stage.enter(client, scene, None, lambda _: None)
    start = SHIFT + 50 * 3600
    shift_clock(server, start)
    figures: dict[str, Any] = {"rows": staged.rows, "pycap_df": apart("pycap", server.url, token, "df")}
    figures["first"] = apart("ours", server.url, token, f"{folder}/teams.sqlite", start, "full", 1)
    repeat = {"redcap_repeat_instrument": "monthly_measures", "redcap_repeat_instance": "900"}
    client.import_records(
        {"record_id": member.record, **repeat, "mm_period": "2026-04-01", "mm_submitted": "2026-05-04"}
        for member in members
    )
    shift_clock(server, start + 25 * 3600)
    figures["monthly"] = apart("ours", server.url, token, f"{folder}/teams.sqlite", start + 25 * 3600, "changed", 1)
    return figures


def shown(figures: dict[str, Any], rows: int) -> dict[str, float]:
    """What the figures come to, each beside its aim."""
    big, team = figures["large"], figures["teams"]
    first, monthly, theirs = big["first"], big["monthly"], big["pycap_df"]
    quick = monthly["s"] - monthly["list_s"], monthly["bytes"] - monthly["list_bytes"]
    found = {
        "first_times_pycap": first["s"] / theirs["s"],
        "first_rows_s": rows / first["s"],
        "first_mib": first["mib"],
        "monthly_times_faster": first["s"] / quick[0],
        "monthly_share_of_bytes": quick[1] / first["bytes"],
        "list_s": monthly["list_s"],
        "list_share_of_bytes": monthly["list_bytes"] / first["bytes"],
        "teams_first_times_pycap": team["first"]["s"] / team["pycap_df"]["s"],
        "teams_monthly_times_pycap": team["monthly"]["s"] / team["pycap_df"]["s"],
    }
    print(
        f"(a) first pull of {rows:,} rows: {first['s']:.1f} s, {found['first_times_pycap']:.1f} times PyCap's ", end=""
    )
    print(f"{theirs['s']:.1f} s (aim: at most 4); {first['mib']:.0f} MiB (aim: at most 60), PyCap {theirs['mib']:.0f}")
    print(f"(b) 1 % changed: {quick[0]:.2f} s, {found['monthly_times_faster']:.0f} times faster (aim: 10), ", end="")
    print(
        f"{found['monthly_share_of_bytes']:.1%} of the bytes (aim: 10 %); {monthly['written']:.0f} rows written; ",
        end="",
    )
    print(f"besides, the list: {monthly['list_s']:.1f} s, {found['list_share_of_bytes']:.1%}")
    print(
        f"(c) {team['rows']:,} rows of teams: first {team['first']['s']:.2f} s, a month later, all of them changed, ",
        end="",
    )
    print(
        f"{team['monthly']['s']:.2f} s and {team['monthly']['bytes'] / 1e6:.1f} MB; PyCap {team['pycap_df']['s']:.2f} s"
    )
    return found


def main() -> None:
    if sys.argv[1:2] == ["--contestant"]:
        who, url, token, *more = sys.argv[2:]
        if who == "pycap":
            figures = pycap(url, token, more[0])
        else:
            figures = ours(url, token, more[0], int(more[1]), more[2], more[3] == "1")
        print(json.dumps(figures))
        return
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--rows", type=int, default=100_000)
    reading.add_argument("--columns", type=int, default=60)
    reading.add_argument("--teams", type=int, default=160)
    asked = reading.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Watched(f"{folder}/redcap")
        try:
            figures = {
                "large": large(server, folder, asked.rows, asked.columns),
                "teams": teams(server, folder, asked.teams),
            }
        finally:
            server.close()
    found = shown(figures, asked.rows)
    print(json.dumps({"bench": "pull", "rows": asked.rows, **{name: round(value, 3) for name, value in found.items()}}))


if __name__ == "__main__":
    main()

"""Reports: one chart against matplotlib's object API, and a month of 1,000 teams as mails ready to be sent.

    python bench/report.py [--teams 1000] [--processes 2] [--chart-only]

Charts are timed in turns, in processor time, so that only their ratio counts; matplotlib takes part where it is
installed, and is no dependency. The month goes the worker's own way: figures out of a store, each team's report with
four charts in both their cuts (eight pictures, and its ramps) over 24 months, HTML, text and page, one whole message a
team. The last line is one JSON object. Exit status 1 if an aim is missed: 15 times; 40 s and 200 MiB a process.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from reports import month, pictures

from breakthrough.store import Store
from breakthrough.worker import jobs
from breakthrough.worker.deployment import Deployment

TIMES, SECONDS, MIB = 15.0, 40.0, 200.0  # the aims
ROUNDS, CHARTS = 15, 8


def quickest(works: dict[str, Callable[[], bytes]]) -> dict[str, float]:
    """Milliseconds of the processor a picture, the best of several rounds; each round has all contestants in turn."""
    best = dict.fromkeys(works, float("inf"))
    for work in works.values():
        work()
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = time.process_time()
            for _ in range(CHARTS):
                work()
            best[name] = min(best[name], 1000 * (time.process_time() - begun) / CHARTS)
    return best


def charts() -> dict[str, Any]:
    works, other = {"ours": pictures.ours()}, pictures.matplotlib()
    if other is None:
        print("matplotlib is not installed and takes no part: no ratio is told")
    else:
        works["matplotlib"] = other
    best = quickest(works)
    for name, taken in best.items():
        print(f"{name:11} {taken:7.2f} ms a chart, {len(works[name]()) / 1000:.1f} kB")
    told: dict[str, Any] = {"ms": {name: round(taken, 2) for name, taken in best.items()}}
    if other is not None:
        told["times"] = round(best["matplotlib"] / best["ours"], 1)
        print(f"ours is {told['times']} times as quick (aim: {TIMES:.0f})")
    return told


def used(who: int) -> tuple[float, float]:
    """Seconds of the processor, and MiB at the most."""
    found = resource.getrusage(who)
    unit = 1 if sys.platform == "darwin" else 1024
    return found.ru_utime + found.ru_stime, found.ru_maxrss * unit / 2**20


class Watch(threading.Thread):
    """The most memory that any process begun by this one has held, in MiB.

    What the system tells of children counts from before they ran their own program: then they are as large as this one.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        """Looks at each of them, twice a second: their peak is kept for us as long as they live."""
        while not self._over.wait(0.5):
            for task in Path("/proc/self/task").glob("*/children"):
                for child in task.read_text().split():
                    with suppress(OSError):
                        lines = Path(f"/proc/{child}/status").read_text().splitlines()
                        peak = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
                        self.most = max([self.most, *(one / 1024 for one in peak)])

    def told(self) -> float:
        """Ends the watch; what the system tells where there is no /proc."""
        self._over.set()
        self.join()
        return self.most or used(resource.RUSAGE_CHILDREN)[1]


def alone(work: Callable[..., Any], *given: object) -> Any:
    """What that gives in a process of its own, whose memory and whose children are nobody else's."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def reports(teams: int, processes: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        here, now = month.deployment(Path(folder) / "deployment")
        alone(month.filled, here.folder, f"sqlite:///{folder}/store.sqlite", teams, now)
        told: dict[str, Any] = alone(made, here.folder, f"sqlite:///{folder}/store.sqlite", teams, processes, now)
        return told


def made(folder: Path, address: str, teams: int, processes: int, now: dt.datetime) -> dict[str, Any]:
    here = Deployment.open(folder, {})
    schedule = here.settings.schedule.model_copy(update={"processes": processes})
    here = replace(here, settings=here.settings.model_copy(update={"schedule": schedule}))
    with Store.open(address) as store:
        begun = time.perf_counter()
        due = jobs.due(here, store, now, hour=0)
        of = jobs.press(here, store, due[0].key.month, now)
        measured = time.perf_counter() - begun
        work = {one.about: one for one in due if one.key.report == "team"}  # one reader a team
        mails = sizes = shown = 0
        watch = Watch()
        watch.start()
        begun, worked = time.perf_counter(), used(resource.RUSAGE_SELF)[0]
        for one in jobs.made(of, store, list(work.values()), lambda _: None):
            mails += len(one.items)
            sizes += sum(len(item.payload) for item in one.items)
            shown += sum(name.startswith("pictures/") for name in one.fresh.parts) if one.fresh else 0
        clock = time.perf_counter() - begun
        most_other = watch.told()
    (mine, most), (others, _) = (used(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    processor = mine - worked + others
    assert mails == teams
    print(f"{mails:,} messages, {shown / mails:.1f} pictures and {sizes / mails / 1000:.0f} kB each")
    print(f"the month measured     {measured:6.1f} s, before that")
    print(
        f"reports and messages   {clock:6.1f} s by the clock (aim: {SECONDS:.0f}), {processor:.1f} s of the processor"
    )
    print(f"at the most            {most:.0f} MiB in this process, {most_other:.0f} in the others (aim: {MIB:.0f})")
    return {
        "teams": teams,
        "pictures": round(shown / mails, 1),
        "seconds": round(clock, 1),
        "processor_seconds": round(processor, 1),
        "processor_ms_a_report": round(1000 * processor / mails, 1),
        "mib": [round(most), round(most_other)],
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--teams", type=int, default=1000)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--chart-only", action="store_true")
    asked = options.parse_args()
    told: dict[str, Any] = {}
    met = True
    if not asked.chart_only:  # first, as matplotlib takes memory of its own
        told["month"] = reports(asked.teams, asked.processes)
        met = told["month"]["seconds"] < SECONDS and max(told["month"]["mib"]) < MIB
    told["chart"] = charts()
    met &= told["chart"].get("times", TIMES) >= TIMES
    print(json.dumps({"report": told | {"met": met}}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

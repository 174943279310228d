"""A month of team reports made the worker's own way, in a program of its own: timed, and its memory watched.

    python -c "from reports import made; made.main()" FOLDER STORE TEAMS PROCESSES NOW

As with the installed command, the processes that it starts load nothing but what they render with. The last line is one
JSON object.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from breakthrough.store import Store
from breakthrough.worker import jobs
from breakthrough.worker.deployment import Deployment


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
            del one
        clock = time.perf_counter() - begun
        most_other = watch.told()
    (mine, most), (others, _) = (used(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    processor = mine - worked + others
    assert mails == teams
    print(f"{mails:,} messages, {shown / mails:.1f} pictures and {sizes / mails / 1000:.0f} kB each")
    print(f"the month measured     {measured:6.1f} s, before that")
    print(f"reports and messages   {clock:6.1f} s by the clock, {processor:.1f} s of the processor")
    print(f"at the most            {most:.0f} MiB in this process, {most_other:.0f} in the others")
    return {
        "teams": teams,
        "pictures": round(shown / mails, 1),
        "seconds": round(clock, 1),
        "processor_seconds": round(processor, 1),
        "processor_ms_a_report": round(1000 * processor / mails, 1),
        "mib": [round(most), round(most_other)],
    }


def main() -> None:
    folder, address, teams, processes, now = sys.argv[1:]
    told = made(Path(folder), address, int(teams), int(processes), dt.datetime.fromisoformat(now))
    print(json.dumps(told))

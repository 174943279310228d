"""What people and administrators do to a project: sent to the sandbox, and told to the oracle in the same breath."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from tests.chaos.oracle import Oracle
from tests.pull.site import OWNER, Host, Row, Site, ask, cell

T = TypeVar("T")


class Pick(Protocol):
    """Chance, whoever's it is."""

    def __call__(self, options: Sequence[T], /) -> T:
        """One of them."""


PROFILE, CHARTER, MONTHLY = "team_profile", "team_charter", "monthly_measures"
START, LATER = "start_arm_1", "later_arm_1"
GROUPS = ("north", "south", "east")
KINDS, DAYS = {"1": "Ward", "2": "Clinic"}, ("1", "2")
VALUES = ("0", "1", "42", "7 %", "naïve, 学校", 'it\'s "so" & <so>', "two\nlines", "  spaced", "x" * 300)
TEAMS, CROWD = tuple(f"T{n}" for n in range(1, 6)), tuple(f"C{n:02}" for n in range(1, 21))
LONG_AGO = dt.timedelta(days=40)

# By weight: what is done most often is there most often.
EDITS = (
    *("overwrite",) * 6,
    *("blank", "save_page", "move", "create", "delete_instance") * 2,
    *("delete_form", "delete", "delete_and_forget", "rename", "answer_survey"),
    *("overwrite_unseen", "move_unseen", "delete_several"),
)
DESIGNS = (
    *("remove_field", "rename_field", "remove_box", "repeat_charter", "designate_charter") * 2,
    *("add_field", "reword_choice", "recode_choice", "add_box", "add_group", "switch_production"),
)


class People:
    """Those who work in one project. `pick` is chance."""

    def __init__(self, host: Host, pick: Pick, *, longitudinal: bool) -> None:
        self.host, self.pick, self.longitudinal = host, pick, longitudinal
        self.in_production = False
        self.favourites: frozenset[str] = frozenset()  # edits that are made more often than others
        self.unseen: dict[str, int] = {}  # records that were changed without a trace, and the moment before it
        self.traced: dict[str, int] = {}  # those of them that were changed with a trace since, and the moment of that
        self.made = 0  # names made up so far
        first, later = (START, LATER) if longitudinal else ("", "")
        self.oracle = Oracle(
            fields={"tp_name": PROFILE, "tp_kind": PROFILE, "tp_days": PROFILE, "tc_aim": CHARTER, "tc_size": CHARTER}
            | {"mm_period": MONTHLY, "sd_abs": MONTHLY},
            ticks={"tp_days": DAYS},
            designated={(first, PROFILE), (first, CHARTER), (later, CHARTER), (later, MONTHLY)},
            repeating={(later, MONTHLY)},
        )
        self.kinds = dict(KINDS)
        self.site = self._founded(first, later)

    def _founded(self, first: str, later: str) -> Site:
        site = self.host.project(self._dictionary(), ())
        if self.longitudinal:
            _make_longitudinal(site)
        self._set_up_repeating(site)
        site.client.import_dags({"data_access_group_name": name.title(), "unique_group_name": ""} for name in GROUPS)
        site.admin.allow_forgetting(site.number)
        if not self.longitudinal:
            site.admin.set_up_survey(site.number, PROFILE)
            site.admin.set_rights(site.number, OWNER, forms={PROFILE: 3})  # what was answered may be corrected, too
        event = {"redcap_event_name": first} if first else {}
        site.enter(*({"record_id": name, **event, "tp_name": f"Crowd {name}"} for name in CROWD))
        for name in CROWD:
            self.oracle.enter(name, first, PROFILE, 1, {"tp_name": f"Crowd {name}"})
        self.site = site
        for name in TEAMS:
            profile = {"tp_name": f"Team {name}", "tp_kind": "1", "tp_days___2": "1"}
            self._enter(name, first, PROFILE, 1, profile | {"redcap_data_access_group": "north"})
            self._enter(name, first, CHARTER, 1, {"tc_aim": "Fewer", "tc_size": "3"})
            self._enter(name, later, MONTHLY, 1, {"mm_period": "2026-01-01", "sd_abs": "10"})
        return site

    # --- edits

    def edit(self, among: Sequence[str] = EDITS) -> str:
        """Somebody does something; returns what."""
        what = self.pick((*among, *[one for one in among if one in self.favourites] * 8))
        getattr(self, f"_{what}")()
        return what

    def _overwrite(self) -> None:
        record, (event, form) = self._someone(), self._somewhere()
        self._enter(record, event, form, self._instance(event, form), self._values(form))

    def _blank(self) -> None:
        held = sorted(key for key in self.oracle.held if key[1:3] in self._open() and self._written(key[3], *key[1:3]))
        if held:
            record, event, form, instance = self.pick(held)
            some = self._values(form)
            self._enter(record, event, form, instance, dict.fromkeys(some, ""))

    def _save_page(self) -> None:
        record, (event, form) = self._someone(), self._somewhere()
        instance, values = self._instance(event, form), self._values(form)
        status = self.pick(("0", "1", "2"))
        self.site.admin.save_form(
            self.site.number, OWNER, record, form, values, event=event, repeat_instance=instance, status=status
        )
        told = {f"{form}_complete": status} | {name: _ticked(name, value) for name, value in values.items()}
        self._told([record], lambda: self.oracle.enter(record, event, form, instance, told))

    def _move(self) -> None:
        record, group = self._someone(), self.pick(("", *GROUPS))
        self.site.admin.assign_group(self.site.number, record, group)
        self._told([record], lambda: self.oracle.assign(record, group))

    def _create(self) -> None:
        name = self._new_name()
        event, form = self._first()
        self._enter(name, event, form, 1, self.pick((self._values(form), {})))

    def _delete_instance(self) -> None:
        repeated = sorted(key for key in self.oracle.held if key[1:3] in self.oracle.repeating & self.oracle.designated)
        if repeated:
            record, event, form, instance = self.pick(repeated)
            more = {"event": event} if event else {}
            self.site.delete(record, instrument=form, repeat_instance=str(instance), **more)
            self._told([record], lambda: self.oracle.delete_form(record, event, form, instance))

    def _delete_form(self) -> None:
        record, (event, form) = self._someone(), self._somewhere()
        self.site.delete(record, instrument=form, **({"event": event} if event else {}))
        self._told([record], lambda: self.oracle.delete_form(record, event, form, None))

    def _delete(self) -> None:
        self._let_go(self._someone())

    def _delete_several(self) -> None:
        for _ in range(self.pick((2, 3, 6))):
            self._let_go(self._someone())

    def _delete_and_forget(self) -> None:
        record = self._someone()
        if len(self.oracle.groups) > 1:
            self.site.admin.delete_record(self.site.number, record, wipe_log=True)
            self._told([record], lambda: self.oracle.delete(record))

    def _rename(self) -> None:
        old, new = self._someone(), self._new_name()
        self.site.rename(old, new)
        self._told([old, new], lambda: self.oracle.rename(old, new))

    def _answer_survey(self) -> None:
        values = {name: value for name, value in self._values(PROFILE).items() if name in self.oracle.fields}
        if self.longitudinal or not values:
            return
        link = self.site.admin.public_link(self.site.number)
        record = str(self.site.admin.answer_survey(link, values)["record"])
        told = values | {f"{PROFILE}_complete": "2"}
        self._told([record], lambda: self.oracle.enter(record, "", PROFILE, 1, told))

    def _overwrite_unseen(self) -> None:
        with self._without_a_trace():
            self._overwrite()

    def _move_unseen(self) -> None:
        with self._without_a_trace():
            self._move()

    # --- the design

    def redesign(self) -> str:
        """Somebody changes the design of the project; returns how."""
        return self.edit(DESIGNS)

    def _add_field(self) -> None:
        self.made += 1
        name, form = f"x{self.made}", self.pick((PROFILE, CHARTER, MONTHLY))
        self.oracle.add(name, form)
        self._redesigned()

    def _remove_field(self) -> None:
        if name := self._dispensable():
            self.oracle.remove(name)
            self._redesigned()

    def _rename_field(self) -> None:
        if name := self._dispensable():
            self.made += 1
            form, boxes = self.oracle.fields[name], self.oracle.ticks.get(name, ())
            self.oracle.remove(name)
            self.oracle.add(f"y{self.made}", form, boxes)
            self._redesigned()

    def _reword_choice(self) -> None:
        self.made += 1
        self.kinds[self.pick(sorted(self.kinds))] = f"Kind {self.made}"
        self._redesigned()

    def _recode_choice(self) -> None:
        """Under another code, so that those who chose it have a value that is no choice any more."""
        code = self.pick(sorted(self.kinds))
        self.made += 1
        self.kinds[str(10 + self.made)] = self.kinds.pop(code)
        self._redesigned()

    def _add_box(self) -> None:
        if boxes := sorted(self.oracle.ticks):
            self.made += 1
            self.oracle.tick(self.pick(boxes), str(10 + self.made))
            self._redesigned()

    def _remove_box(self) -> None:
        if boxes := sorted(name for name, codes in self.oracle.ticks.items() if len(codes) > 1):
            name = self.pick(boxes)
            self.oracle.untick(name, self.pick(self.oracle.ticks[name]))
            self._redesigned()

    def _repeat_charter(self) -> None:
        """It may hold several instances when it repeats no longer: all but the first are hidden then."""
        event = self.pick(sorted(event for event, form in self.oracle.designated if form == CHARTER))
        self.oracle.repeat(event, CHARTER, repeats=(event, CHARTER) not in self.oracle.repeating)
        self._set_up_repeating(self.site)

    def _designate_charter(self) -> None:
        """The first event has it, or has it not: what it holds there is hidden meanwhile."""
        if self.longitudinal and not self.in_production and (START, CHARTER) not in self.oracle.repeating:
            self.oracle.designate(START, CHARTER, there=(START, CHARTER) not in self.oracle.designated)
            _designate(self.site, self.oracle.designated)

    def _add_group(self) -> None:
        self.made += 1
        name = f"Group {self.made}"
        self.site.client.import_dags([{"data_access_group_name": name, "unique_group_name": ""}])

    def _switch_production(self) -> None:
        (self.site.admin.to_development if self.in_production else self.site.admin.to_production)(self.site.number)
        self.in_production = not self.in_production

    # --- how

    def _enter(self, record: str, event: str, form: str, instance: int, values: Mapping[str, str]) -> None:
        row: Row = {"record_id": record}
        if event:
            row["redcap_event_name"] = event
        if (event, form) in self.oracle.repeating:
            row |= {"redcap_repeat_instrument": form, "redcap_repeat_instance": str(instance)}
        self.site.enter(row | dict(values))
        group = values.get("redcap_data_access_group")
        told = {name: _ticked(name, value) for name, value in values.items() if name != "redcap_data_access_group"}

        def entered() -> None:
            self.oracle.enter(record, event, form, instance, told)
            if group is not None:
                self.oracle.assign(record, group)

        self._told([record], entered)

    def _let_go(self, record: str) -> None:
        if len(self.oracle.groups) > 1:
            self.site.delete(record)
            self._told([record], lambda: self.oracle.delete(record))

    def _told(self, records: Sequence[str], tell: Callable[[], None]) -> None:
        """Tells the oracle. Whatever of these records went unseen before is seen by the next pull, if they changed."""
        before = self.oracle.moment
        tell()
        for record in records:
            if self.oracle.at(record, before) != self.oracle.at(record, self.oracle.moment):
                self.traced[record] = self.oracle.moment

    @contextmanager
    def _without_a_trace(self) -> Iterator[None]:
        """The edits in the block are logged as of long ago, as if their lines had been wiped from the log since."""
        before, traced, now = self.oracle.moment, dict(self.traced), self.host.now
        self.host.now = now - LONG_AGO
        try:
            yield
        finally:
            self.host.now = now
        self.traced = traced
        for record in self.oracle.groups:
            if self.oracle.at(record, before) != self.oracle.at(record, self.oracle.moment):
                self.unseen.setdefault(record, before)

    def hidden(self, moment: int) -> dict[str, int]:
        """Records of which a pull that began at that moment may not learn that they changed, and since when."""
        return {name: at for name, at in self.unseen.items() if not at < self.traced.get(name, -1) <= moment}

    def looked(self, moment: int, *, whole: bool) -> None:
        """A pull that began at that moment has come to its end."""
        self.unseen = {name: at for name, at in self.hidden(moment).items() if not whole or at >= moment}
        self.traced = {name: at for name, at in self.traced.items() if at > moment}

    def _dictionary(self) -> list[Row]:
        rows = [cell("record_id", PROFILE)]
        forms = (PROFILE, CHARTER, MONTHLY)
        for name, form in sorted(self.oracle.fields.items(), key=lambda one: forms.index(one[1])):
            if name == "tp_kind":
                choices = " | ".join(f"{code}, {label}" for code, label in sorted(self.kinds.items()))
                rows.append(cell(name, form, "radio", select_choices_or_calculations=choices))
            elif name in self.oracle.ticks:
                choices = " | ".join(f"{code}, Day {code}" for code in self.oracle.ticks[name])
                rows.append(cell(name, form, "checkbox", select_choices_or_calculations=choices))
            else:
                rows.append(cell(name, form, "notes" if name == "tc_aim" else "text"))
        return rows

    def _redesigned(self) -> None:
        rows = self._dictionary()
        if not self.in_production:
            self.site.design(rows)
            return
        admin, number = self.site.admin, self.site.number
        admin.enter_draft(number)
        admin.upload_draft(number, rows)
        admin.submit_draft(number)
        admin.approve_draft(number)
        self.site.dictionary = rows

    def _set_up_repeating(self, site: Site) -> None:
        rows = [{"form_name": form, "custom_form_label": ""} for _, form in sorted(self.oracle.repeating)]
        if self.longitudinal:
            events = [event for event, _ in sorted(self.oracle.repeating)]
            rows = [{"event_name": event, **row} for event, row in zip(events, rows, strict=True)]
        site.client.import_repeating(rows)

    # --- whom and what

    def _someone(self) -> str:
        return self.pick(sorted(self.oracle.groups, key=lambda name: (name in CROWD, name)))

    def _new_name(self) -> str:
        """Never used, or given up by another record."""
        self.made += 1
        given_up = sorted({old for _, old, _ in self.oracle.renames} - self.oracle.groups.keys())
        return self.pick((f"N{self.made}", *given_up[:2]))

    def _open(self) -> set[tuple[str, str]]:
        return {place for place in self.oracle.designated if self.oracle.form_values(place[1])}

    def _first(self) -> tuple[str, str]:
        return (START if self.longitudinal else "", PROFILE)

    def _somewhere(self) -> tuple[str, str]:
        return self.pick(sorted(self._open()))

    def _instance(self, event: str, form: str) -> int:
        return self.pick((1, 2, 3)) if (event, form) in self.oracle.repeating else 1

    def _written(self, instance: int, event: str, form: str) -> bool:
        """Whether that instance can be written to: beyond the first, only of what repeats."""
        return instance == 1 or (event, form) in self.oracle.repeating

    def _values(self, form: str) -> dict[str, str]:
        """A value or two for that form."""
        names = sorted(self.oracle.form_values(form))
        found = {}
        for name in dict.fromkeys((self.pick(names), self.pick(names))):
            if name in self.oracle.ticks:
                found[f"{name}___{self.pick(self.oracle.ticks[name])}"] = self.pick(("1", "0"))
            else:
                found[name] = self.pick(sorted(self.kinds) if name == "tp_kind" else VALUES)
        return dict(sorted(found.items()))

    def _dispensable(self) -> str | None:
        """A field that may go: not the last of its form, and rather one that holds something."""
        fields = sorted(name for name, form in self.oracle.fields.items() if len(self.oracle.form_values(form)) > 1)
        columns = {column.partition("___")[0] for values in self.oracle.held.values() for column in values}
        return self.pick([name for name in fields if name in columns] or fields) if fields else None


def _ticked(name: str, value: str) -> str:
    """What is held for that value: of a box, nothing when it is not ticked."""
    return "" if "___" in name and value == "0" else value


def _make_longitudinal(site: Site) -> None:
    for payload in (
        {"content": "project_settings", "data": [{"is_longitudinal": "1"}]},
        {"content": "arm", "action": "import", "data": [{"arm_num": 1, "name": "All"}]},
        {
            "content": "event",
            "action": "import",
            "override": "1",
            "data": [{"event_name": name, "arm_num": 1} for name in ("Start", "Later")],
        },
    ):
        ask(site.url, token=site.token, **payload)
    _designate(site, {(START, PROFILE), (START, CHARTER), (LATER, CHARTER), (LATER, MONTHLY)})


def _designate(site: Site, places: set[tuple[str, str]]) -> None:
    rows = [{"arm_num": 1, "unique_event_name": event, "form": form} for event, form in sorted(places)]
    ask(site.url, token=site.token, content="formEventMapping", action="import", data=rows)

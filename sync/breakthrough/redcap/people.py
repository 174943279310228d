"""Who works in a project, in which role and in which data access group: asked for, and set.

Every row about a user names the group: an import that leaves it out takes the user out of it, and a user in no group
sees the records of all (vubiostat/redcapAPI#500).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from breakthrough.errors import AuthFailed, Overloaded, Refused
from breakthrough.redcap import checks
from breakthrough.redcap.pycap import PyCap, local

Row = Mapping[str, Any]

_ZONES = dt.timedelta(hours=12)  # so far west of UTC the clock of a server may stand
_ASKED = "Export Logging (API)"  # REDCap's own line about who asked for the log


class People:
    """The part of a client that is about users and roles. Needs the right to User Rights."""

    _project: PyCap

    def username(self, now: dt.datetime | None) -> str:
        """The account that the token belongs to; '' where the token may not see the log, or the log cannot tell.

        REDCap's API has no question for it. But it writes into the log who asked for the log: whose line is new when
        it is asked again is the one. `now` is the server's clock, aware.
        """
        if now is None:
            return ""
        begin = now.astimezone(dt.UTC).replace(tzinfo=None) - _ZONES
        try:
            before, after = self._askers(begin), self._askers(begin)
        except AuthFailed:
            raise
        except (Refused, Overloaded):
            return ""
        new = after - before
        return next(iter(new)) if len(new) == 1 else ""

    def _askers(self, begin: dt.datetime) -> Counter[str]:
        """How often each user asked for the log since then."""
        rows = checks.texts(self._project.export_lines(local(begin), None, "manage"))
        checks.table(rows, "logged actions", ("timestamp", "username", "action", "details"), ("timestamp",))
        return Counter(row["username"] for row in rows if _ASKED in (row["details"].strip(), row["action"].strip()))

    def users(self) -> list[dict[str, Any]]:
        """The project's users with their rights."""
        found = list(self._project.export_users(format_type="json"))
        checks.table(found, "users", (), ("username",))
        return found

    def user_dags(self) -> list[dict[str, str]]:
        """`username`, `redcap_data_access_group` (blank: in none)."""
        columns = ("username", "redcap_data_access_group")
        return self._table("users' groups", self._project.export_user_dag_assignment, columns)

    def import_users(self, rows: Iterable[Row]) -> int:
        """How many users were added or changed. Raises ValueError for a row that does not name its group ('' none)."""
        return int(self._project.import_users(_grouped(rows, "data_access_group")))

    def import_user_dags(self, rows: Iterable[Row]) -> int:
        """How many users were put into a group. Raises ValueError for a row that does not name its group ('' none)."""
        return int(self._project.import_user_dag_assignment(_grouped(rows, "redcap_data_access_group")))

    def roles(self) -> list[dict[str, Any]]:
        """The user roles: `unique_role_name`, `role_label`, each right a number as text, `forms` and `forms_export`."""
        found = list(self._project.export_user_roles(format_type="json"))
        checks.table(found, "user roles", ("role_label",), ("unique_role_name",))
        return found

    def import_roles(self, rows: Iterable[Row]) -> int:
        """How many roles were made (blank `unique_role_name`) or changed. A right that a row leaves out stays."""
        return int(self._project.import_user_roles([dict(row) for row in rows]))

    def user_roles(self) -> list[dict[str, str]]:
        """`username`, `unique_role_name` and, where the server tells it, `data_access_group`; blank for none."""
        columns = ("username", "unique_role_name")
        return self._table("users' roles", self._project.export_user_role_assignment, columns)

    def import_user_roles(self, rows: Iterable[Row]) -> int:
        """How many users were put into a role. Raises ValueError for a row that does not name its group ('' none)."""
        return int(self._project.import_user_role_assignment(_grouped(rows, "data_access_group")))

    def _table(self, what: str, ask: Callable[..., Any], columns: tuple[str, ...]) -> list[dict[str, str]]:
        """The listing that PyCap's method asks for; the first of its columns is never blank."""
        rows = checks.texts(ask(format_type="json"))
        checks.table(rows, what, columns, columns[:1])
        return rows


def _grouped(rows: Iterable[Row], column: str) -> list[dict[str, Any]]:
    whole = [dict(row) for row in rows]
    if any(column not in row for row in whole):
        raise ValueError(f"a row about a user must name its {column}: without one REDCap shows him every record")
    return whole

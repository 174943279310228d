"""Where a report's links lead: REDCap's own pages for a team's record and for one of its forms."""

from __future__ import annotations

from functools import partial
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from breakthrough.entry import EntryKey
from breakthrough.errors import ReportError


class Links(Protocol):
    """A form of a record, at a repeat instance; without an instrument, the record's own page."""

    def __call__(self, record: str, instrument: str = "", instance: int = 0) -> str:
        """An absolute http(s) address."""
        ...


def redcap(base: str, version: str, project: int | str) -> Links:
    """Links into a REDCap project. `base` is the server's address, with or without `api/` at its end.

    Addresses under the version's folder are those that REDCap's own pages use; a server that has been upgraded sends
    readers on to the current one.
    """
    root = f"{base.removesuffix('/').removesuffix('/api')}/redcap_v{version}/DataEntry"
    return partial(_link, root, str(project))


def _link(root: str, project: str, record: str, instrument: str = "", instance: int = 0) -> str:
    asked = {"pid": project, "id": record}
    if not instrument:
        return f"{root}/record_home.php?{urlencode(asked)}"
    asked["page"] = instrument
    if instance:
        asked["instance"] = str(instance)
    return f"{root}/index.php?{urlencode(asked)}"


def of_entry(links: Links, key: EntryKey) -> str:
    """The form that an entry was written in."""
    return checked(links(key.record, key.instrument, key.instance))


def checked(url: str) -> str:
    """The same address. Raises ReportError where it is not one a browser opens as a page."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ReportError(
            "A link of the report is not an http(s) address, so it would not open. Give links that begin with https://."
        )
    return url

"""Creates a REDCap project with a super token, which few institutions give out, and which is used for nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping

from breakthrough.errors import TryAgain
from breakthrough.redcap.pace import Hosts
from breakthrough.redcap.transport import Transport
from breakthrough.settings import Secret

_QUALITY_IMPROVEMENT = "3"


def create(
    url: str,
    super_token: Secret,
    title: str,
    *,
    xml: bytes = b"",
    notes: str = "",
    ca_bundle: str | None = None,
    pause: float = 1.0,
    hosts: Hosts | None = None,
) -> Secret:
    """The token of the new project, for the owner of the super token, who alone is its user.

    `xml` is a project XML that gives it its design; without one it has REDCap's first form. It is never asked for
    twice: where no answer comes, the error says that the project may be there. Raises RedcapError, SettingInvalid.
    """
    transport = Transport(url, ca_bundle=ca_bundle, pause=pause, hosts=hosts)
    settings = {"project_title": title, "purpose": _QUALITY_IMPROVEMENT, "project_notes": notes}
    payload: Mapping[str, str] = {
        "token": super_token,
        "content": "project",
        "format": "json",
        "returnFormat": "json",
        "data": json.dumps([settings]),
    }
    try:
        return Secret(transport.ask({**payload, "odm": xml.decode()} if xml else payload, "token"))
    except TryAgain as lost:
        said = (
            f"{lost}\nThe project may have been created all the same, and its token lost on the way. Before you try "
            f"again, look in REDCap under My Projects for one called '{title}': if it is there, ask there for its API "
            "token and put it where deploy_token says."
        )
        lost.args = (said,)
        raise

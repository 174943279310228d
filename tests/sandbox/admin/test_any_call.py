"""Whatever the admin page is asked, it answers: with what it did or with why not, never with a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sandbox.admin.conftest import Project, longitudinal
from tests.sandbox.conftest import SUPER_TOKEN

from redcap_sandbox import Sandbox, serve
from redcap_sandbox.admin.page import VERBS

# Words that mean something to one action or another, so that calls get beyond the first check.
WORDS = st.sampled_from(
    ["", "1", "7", "sandbox_owner", "site_admin", "visit", "diary", "outcome", "start_arm_1", "week_arm_1", "north",
     "packs", "smokes", "weight", "2025-01-01", "Europe/Paris", "new", "-1", "0", "2", "rules: []", "é\U0001f600"]
)  # fmt: skip
TEXTS = WORDS | st.text(st.characters(codec="utf-8"), max_size=5)
SCALARS = TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(TEXTS, SCALARS, max_size=3)
ROWS = st.lists(st.dictionaries(st.sampled_from(["field_name", "form_name", "field_type", "form"]), TEXTS), max_size=2)
NAMES = (
    "username", "record", "instrument", "values", "event", "repeat_instance", "status", "keep", "form", "settings",
    "queue", "field", "url", "link", "code", "finished", "email", "identifier", "at", "keep_data", "rows", "group",
    "wipe_log", "locked", "rights", "forms", "forms_export", "groups", "now", "shift", "timezone", "faults", "seconds",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Its own: what is done here goes anywhere."""
    with serve(tmp_path_factory.mktemp("sandbox"), SUPER_TOKEN) as running:
        yield running


@pytest.fixture(scope="module")
def any_project(server: Sandbox) -> Project:
    made = longitudinal(server)
    made.owner.save({"record_id": "1", "redcap_event_name": "start_arm_1", "packs": "2"})
    return made


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(action=st.sampled_from(sorted(VERBS)), data=st.data())
def test_any_call_is_answered(
    server: Sandbox, any_project: Project, capfd: pytest.CaptureFixture[str], action: str, data: st.DataObject
) -> None:
    given_parts: dict[str, Any] = {
        "project_id": any_project.number,
        **data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES))),
        **data.draw(st.fixed_dictionaries({}, optional={"rows": ROWS, "queue": ROWS, "username": TEXTS})),
    }
    reply = requests.post(
        server.url.replace("/api/", "/sandbox/admin"),
        data={"token": SUPER_TOKEN, "action": action, "data": json.dumps(given_parts)},
        timeout=30,
    )
    assert reply.status_code in {200, 400, 403}, reply.text
    assert isinstance(reply.json(), dict)
    assert "Traceback" not in capfd.readouterr().err

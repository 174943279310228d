"""The shipped collaborative and project, and a way to make small ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough import configfile
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.instruments import project as projects
from breakthrough.instruments.project import Project

SMALL = """
name: Small
topic: small
timezone: Europe/London
aim: {statement: Fewer falls, measure: falls, goal: 5, by: 2026-06}
calendar: {start: 2025-09, end: 2026-06}
coordinator: {name: Ada, email: ada@example.org}
coaches: [{code: c1, name: Bo | Co, email: bo@example.org}]
counts:
  beds: {label: Bed days}
  fell: {label: "Falls <any>", help: Ask the ward}
measures:
  falls: {name: Falls, plain: Falls in 100 days, kind: outcome, numerator: fell, denominator: beds, direction: lower}
"""


@pytest.fixture(scope="session")
def absenteeism() -> Collaborative:
    return collaboratives.load(Content().collaborative("absenteeism"))


@pytest.fixture(scope="session")
def project(absenteeism: Collaborative) -> Project:
    return projects.load(Content(), absenteeism)


@pytest.fixture
def small() -> Callable[..., Collaborative]:
    """A collaborative of one measure, with whatever is given laid over it."""

    def make(**over: Any) -> Collaborative:
        return configfile.parse(SMALL, Collaborative, "small.yaml", over)

    return make

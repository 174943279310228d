"""What tests of reports share: the worked collaborative that ships with the program."""

from __future__ import annotations

import pytest

from breakthrough import collaborative
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content


@pytest.fixture(scope="session")
def absenteeism() -> Collaborative:
    return collaborative.load(Content().collaborative("absenteeism"))

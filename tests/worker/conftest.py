"""A mail server for a test's time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.delivery.answering import Server, running


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as found:
        yield found

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from tests.preview.browser import CHROMIUM, Browser

from breakthrough import collaborative
from breakthrough.content import Content
from breakthrough.instruments import project
from breakthrough.instruments.preview import Book, pages

NOW = dt.datetime(2026, 3, 21, 9, 30)  # noqa: DTZ001 - the server's clock has no zone


@pytest.fixture(scope="session")
def shipped() -> Book:
    """Our own instruments, of every tier, as the worked collaborative fills them in."""
    return _book("main")


@pytest.fixture(scope="session")
def evaluation() -> Book:
    """The sister project's."""
    return _book("session_evaluation")


def _book(name: str) -> Book:
    content = Content()
    decided = collaborative.load(content.collaborative("absenteeism"))
    return Book.of(project.load(content, decided, name, tiers=project.EVERY_TIER), decided.name)


@pytest.fixture(scope="session")
def shipped_pages(shipped: Book) -> dict[str, str]:
    return pages(shipped, Content(), NOW)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("CHROMIUM ABSENT: install the Debian package chromium to test previews in a real browser")
    with Browser(tmp_path_factory.mktemp("browser")) as started:
        yield started

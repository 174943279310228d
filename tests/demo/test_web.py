from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client

from breakthrough.demo import web
from breakthrough.demo.web import Pages

MAIL = b"""Subject: Your progress report
From: a@example.org
To: Rachel <rachel@example.org>
Date: Wed, 15 Apr 2026 06:30:00 +0000
MIME-Version: 1.0
Content-Type: multipart/related; boundary="x"

--x
Content-Type: text/html; charset=utf-8

<p>Hello <img src="cid:chart@here" alt="a chart"></p>
--x
Content-Type: image/png
Content-ID: <chart@here>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--x--
"""


@pytest.fixture
def pages(tmp_path: Path) -> Client:
    for folder in ("inbox", "reports"):
        (tmp_path / folder).mkdir()
    (tmp_path / "inbox" / "0001.eml").write_bytes(MAIL)
    (tmp_path / "reports" / "2026-03-team-T001.html").write_text("<h1>Alderbrook</h1>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("token", encoding="utf-8")
    return Client(Pages(tmp_path))


def test_the_inbox_lists_messages_and_reports(pages: Client) -> None:
    text = pages.get("/").text
    assert "Your progress report" in text
    assert "Rachel &lt;rachel@example.org&gt;" in text
    assert "/report/2026-03-team-T001.html" in text


def test_the_end_of_a_story_lists_and_shows_its_documents(pages: Client, tmp_path: Path) -> None:
    (tmp_path / "congress").mkdir()
    (tmp_path / "congress" / "2026-07-story-T001.html").write_text("<h1>Alderbrook</h1>", encoding="utf-8")
    (tmp_path / "congress" / "2026-07-story-T001.pdf").write_bytes(b"%PDF-1.7")
    text = pages.get("/").text
    assert "/congress/2026-07-story-T001.html" in text
    assert "/congress/2026-07-story-T001.pdf" in text
    assert "<h1>Alderbrook</h1>" in pages.get("/congress/2026-07-story-T001.html").text
    assert pages.get("/congress/2026-07-story-T001.pdf").mimetype == "application/pdf"
    assert pages.get("/congress/secret.txt").status_code == 404


def test_a_message_is_shown_with_its_pictures(pages: Client) -> None:
    assert 'src="/mail/0001.eml/image/chart%40here"' in pages.get("/mail/0001.eml/body").text
    assert pages.get("/mail/0001.eml/image/chart@here").data == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    "path",
    ["/report/../secret.txt", "/report/..%2Fsecret.txt", "/mail/%2e%2e%2fsecret.txt/body", "/mail/0002.eml", "/x"],
)
def test_nothing_but_what_is_listed_is_shown(pages: Client, path: str) -> None:
    answer = pages.get(path)
    assert answer.status_code == 404
    assert "token" not in answer.text


def test_it_listens_on_this_computer_alone_and_stops(tmp_path: Path) -> None:
    with web.serve(tmp_path) as address:
        assert address.startswith("http://127.0.0.1:")

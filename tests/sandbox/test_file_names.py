"""What files are called when they have been uploaded, and what their downloads say of them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.sandbox.conftest import Api, field, new_project
from tests.sandbox.sending import send_raw, sent, told_name

from redcap_sandbox import Sandbox
from redcap_sandbox.files import naming


@pytest.fixture(scope="module")
def shared(server: Sandbox) -> Api:
    """Record 1 with a letter, which every test replaces."""
    owner = new_project(server, [field("record_id", "profile"), field("letter", "profile", "file")])
    owner.save({"record_id": "1"})
    return owner


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("mugshot-1.jpg", 'image/jpeg; name="mugshot-1.jpg"'),
        ("MUGSHOT.JPG", 'image/jpeg; name="MUGSHOT.JPG"'),
        ("a.txt", 'text/plain; name="a.txt";charset=UTF-8'),
        ("table.csv", 'text/csv; name="table.csv";charset=UTF-8'),
        ("form.pdf", 'application/pdf; name="form.pdf"'),
        (
            "report.docx",
            'application/vnd.openxmlformats-officedocument.wordprocessingml.document; name="report.docx"',
        ),
        ("archive.tar.gz", 'application/gzip; name="archive.tar.gz"'),
        ("data.unheard-of", 'application/octet-stream; name="data.unheard-of"'),
        ("README", 'application/octet-stream; name="README"'),
    ],
)
def test_the_name_decides_the_media_type_and_text_has_a_charset(shared: Api, name: str, header: str) -> None:
    sent(shared, "file", name, record="1", field="letter")
    reply = shared.call("file", action="export", record="1", field="letter")
    assert (reply.headers["Content-Type"], reply.content) == (header, b"x")


@pytest.mark.parametrize(
    ("disposition", "kept", "told"),
    [
        (b"plan for \xc3\xb8st \xe2\x80\x94 \xe6\x97\xa5\xe6\x9c\xac.pdf", "plan for øst — 日本.pdf", None),
        (b"a;b=c, d.txt", "a;b=c, d.txt", None),
        (b"../../../etc/passwd", "passwd", None),
        (rb"C:\\temp\\x.txt", "x.txt", None),
        (b"/srv/nested/deep/", "file", None),
        (b"..", "file", None),
        (b"...", "...", None),
        (rb"say \"hello\".txt", 'say "hello".txt', "say hello.txt"),
        (b"tab\there\x7f.txt", "tabhere.txt", None),
        (b"<script>alert(1)<.html", "<script>alert(1)<.html", None),
        (b"n" * 300 + b".txt", "n" * 255, None),
    ],
)
def test_whatever_a_file_is_called_it_is_kept_harmlessly(
    shared: Api, disposition: bytes, kept: str, told: str | None
) -> None:
    quoted = b'form-data; name="file"; filename="' + disposition + b'"'
    reply = send_raw(shared, quoted, b"x", content="file", record="1", field="letter")
    assert (reply.status_code, reply.text) == (200, "")
    assert shared.json("record", fields="letter")[0]["letter"] == kept
    assert told_name(shared.call("file", action="export", record="1", field="letter")) == (told or kept)


def test_a_name_cannot_add_headers(shared: Api) -> None:
    quoted = b'form-data; name="file"; filename="a\r\nX-Evil: 1\r\n\r\n<b>.txt"'
    send_raw(shared, quoted, b"x", content="file", record="1", field="letter")
    reply = shared.call("file", action="export", record="1", field="letter")
    assert "X-Evil" not in reply.headers
    encoded = b"form-data; name=\"file\"; filename*=UTF-8''a%0d%0aX-Evil:%201%0d%0a.txt"
    send_raw(shared, encoded, b"y", content="file", record="1", field="letter")
    reply = shared.call("file", action="export", record="1", field="letter")
    assert "X-Evil" not in reply.headers
    assert "\n" not in reply.headers["Content-Type"]


@given(name=st.text(max_size=40), mime=st.text(max_size=10))
@example(name="n" * 300, mime="text/plain")
@example(name="\ud800", mime="text/html\r\nX-Evil: 1")
def test_no_name_or_media_type_breaks_the_header(name: str, mime: str) -> None:
    kept = naming.harmless(name)
    assert naming.harmless(kept) == kept
    assert 0 < len(kept) <= 255
    assert not set("/\\\r\n\0\u2028") & set(kept)
    header = naming.content_type(name, mime).encode("latin-1").decode()
    assert not set("\r\n\0") & set(header)
    assert header.count('"') == 2

"""The reports as a real browser shows them: nothing runs over the edge, nothing is fetched, dark is dark."""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
import subprocess
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.played import Played, play

pytestmark = pytest.mark.browser

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# A frame of the width asked for holds the page; what it measures is written into the title, which is read back.
_FRAME = """<!doctype html><meta charset="utf-8"><title>not measured</title>
<iframe id="page" width="{width}" height="900" style="border: 0" srcdoc="{page}"></iframe>
<script>
document.getElementById("page").addEventListener("load", function () {{
  const view = this.contentWindow, doc = this.contentDocument, root = doc.documentElement;
  const shown = [...doc.querySelectorAll("img, svg")].filter(e => e.getClientRects().length);
  document.title = JSON.stringify({{
    overflow: root.scrollWidth - {width},
    pictures: shown.length,
    broken: [...doc.images].filter(i => i.getClientRects().length && !i.naturalWidth).length,
    fetched: view.performance.getEntriesByType("resource").filter(e => !e.name.startsWith("data:")).length,
    ground: view.getComputedStyle(doc.body).backgroundColor,
    small: [...doc.querySelectorAll("p, td, a, li")].filter(e => e.getClientRects().length && e.innerText.trim()
      && parseFloat(view.getComputedStyle(e).fontSize) < 12).length,
  }});
}});
</script>"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    if _CHROMIUM is None:
        pytest.skip("CHROMIUM ABSENT: install the Debian package chromium to test the reports in a real browser")
    return play(tmp_path_factory.mktemp("browser") / "out")


def _measured(page: str, width: int, folder: Path, *, dark: bool = False) -> dict[str, Any]:
    file = folder / "frame.html"
    file.write_text(_FRAME.format(width=width, page=html.escape(page, quote=True)), encoding="utf-8")
    command = [
        str(_CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}", f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=4000", "--dump-dom", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    found = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert found, done.stderr
    assert found[1] != "not measured", done.stderr
    measured: dict[str, Any] = json.loads(html.unescape(found[1]))
    return measured


def _shown(mail: EmailMessage) -> str:
    """The mail's HTML with its pictures put in, as a mail program would show it."""
    part = mail.get_body(("html",))
    assert part is not None
    text = str(part.get_content())
    for image in mail.walk():
        if image.get_content_type() == "image/png":
            data = base64.b64encode(image.get_payload(decode=True)).decode()  # type: ignore[arg-type]
            text = text.replace(f"cid:{str(image['Content-ID']).strip('<>')}", f"data:image/png;base64,{data}")
    return text


def _mail(played: Played, kind: str) -> str:
    return _shown(next(mail for mail in played.mails if f".{kind}." in str(mail["List-ID"])))


def _page(played: Played, kind: str) -> str:
    return next((played.output / "reports").glob(f"*-{kind}-*.html")).read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["team", "coach"])
@pytest.mark.parametrize("width", [360, 800], ids=["phone", "wide"])
@pytest.mark.parametrize("form", [_mail, _page], ids=["mail", "page"])
def test_a_report_fits_its_width_shows_its_pictures_and_fetches_nothing(
    played: Played, tmp_path: Path, kind: str, width: int, form: Any
) -> None:
    seen = _measured(form(played, kind), width, tmp_path)
    assert seen["overflow"] <= 0
    assert seen["pictures"] > 0
    assert seen["broken"] == seen["fetched"] == 0
    assert seen["small"] == 0


@pytest.mark.parametrize("kind", ["team", "coach"])
@pytest.mark.parametrize("form", [_mail, _page], ids=["mail", "page"])
def test_a_report_follows_the_readers_dark_mode(played: Played, tmp_path: Path, kind: str, form: Any) -> None:
    light = _measured(form(played, kind), 800, tmp_path)
    dark = _measured(form(played, kind), 800, tmp_path, dark=True)
    assert light["ground"] != dark["ground"]


def test_a_page_that_runs_over_the_edge_or_fetches_something_is_caught(played: Played, tmp_path: Path) -> None:
    wide = _page(played, "team").replace("</body>", '<div style="width: 2000px">wide</div></body>')
    assert _measured(wide, 360, tmp_path)["overflow"] > 1000
    fetching = _page(played, "team").replace(
        "</body>", '<img src="http://127.0.0.1:9/x.png" width="5" height="5"></body>'
    )
    assert _measured(fetching, 360, tmp_path)["broken"] == 1

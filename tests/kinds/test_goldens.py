"""Mails as they were when a person last looked at them: each kind wide, on a phone or in the dark, and some between."""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from tests.kinds.test_accessibility import mail
from tests.preview.browser import Browser
from tests.reporting.draw import likeness

from breakthrough.reporting.values import Rendered
from breakthrough.worker.reports import KINDS

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).resolve().parents[1] / "goldens" / "mails"
LOOKS = {
    "wide": (680, False),
    "phone": (390, False),
    "dark-phone": (390, True),
    "pane": (600, False),
    "half": (560, False),
}
# Few, so that the folder stays small: every kind wide, and each other look at least once.
SHOWN = [(kind, "wide") for kind in KINDS] + list(
    zip(KINDS, ("dark-phone", "phone", "dark-phone", "phone", "phone"), strict=True)
)
SHOWN += [
    *((name, "wide") for name in ("reminder", "preview", "failing", "returned")),
    *(("coach", "pane"), ("leader", "half")),
    *(("reminder", look) for look in ("phone", "dark-phone")),
    *((name, "dark-phone") for name in ("forms", "preview", "failing", "returned")),
]
ANEW = "Look at it; if it is meant, `make goldens` draws it anew"
_STACK = re.compile(r'Inter,\s*(&quot;|")Breakthrough Sans\1')
_COLOURS = 64


def seen(report: Rendered, look: str, browser: Browser) -> bytes:
    """What a mail program shows, as PNG: with the bundled font, as no two computers have the same fonts."""
    width, dark = LOOKS[look]
    (faces,) = re.findall(r"@font-face\{.*?\}\n.*?@font-face\{.*?\}", report.page, re.DOTALL)[:1]
    html = _STACK.sub("'Breakthrough Sans'", mail(report)).replace("<head>", f"<head><style>{faces}</style>", 1)
    return browser.picture(html, width=width, dark=dark)


def kept(png: bytes) -> bytes:
    """The same in few colours, as it is kept."""
    file = BytesIO()
    with Image.open(BytesIO(png)) as image:
        few = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(file, "PNG", optimize=True)
    return file.getvalue()


@pytest.fixture(scope="module", autouse=True)
def _drawn_anew(mails: dict[str, Rendered], browser: Browser) -> None:
    """What `make goldens` asks for, before anything is compared."""
    if os.environ.get("GOLDENS") == "anew":
        FOLDER.mkdir(parents=True, exist_ok=True)
        for old in FOLDER.glob("*.png"):
            old.unlink()
        for kind, look in SHOWN:
            (FOLDER / f"{kind}-{look}.png").write_bytes(kept(seen(mails[kind], look, browser)))


def test_there_are_ten_and_more_and_each_has_its_mail() -> None:
    assert len(SHOWN) >= 10
    assert {path.stem for path in FOLDER.glob("*.png")} == {f"{kind}-{look}" for kind, look in SHOWN}


@pytest.mark.parametrize(("kind", "look"), SHOWN)
def test_a_mail_looks_as_it_did(mails: dict[str, Rendered], browser: Browser, kind: str, look: str) -> None:
    golden = likeness.read((FOLDER / f"{kind}-{look}.png").read_bytes())
    found = likeness.compared(golden, likeness.read(kept(seen(mails[kind], look, browser))))
    assert found.same, f"The mail {kind}, {look}, differs from its golden near {found.x}, {found.y}. {ANEW}."

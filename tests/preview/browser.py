"""Pages in a real browser: a script acts in each as a person would, and what it returns is read back.

One headless Chromium serves all tests. It is spoken to over a pipe in its own DevTools protocol: no driver is needed,
no port is opened.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).resolve().parents[2] / ".tools" / "node_modules" / "axe-core" / "axe.min.js"

# What a script has at hand: `page.set(name, value)` types or ticks, `page.shown(name)` is whether a person sees it.
_KIT = """
const page = (function () {
  const fire = (box, type) => box.dispatchEvent(new Event(type, { bubbles: true }));
  const boxes = (name) => [...document.querySelectorAll(`form [name="${name}"]`)];
  const seen = (box) => box !== null && box.getClientRects().length > 0;
  const tick = (name, codes) => {
    const reset = document.querySelector(`[data-reset="${name}"]`);
    if (!codes.length && reset && boxes(name).some((box) => box.checked)) reset.click();
    boxes(name).forEach((box) => {
      const wanted = codes.includes(box.value);
      if (!box.disabled && box.checked !== wanted && (wanted || box.type === "checkbox")) box.click();
    });
  };
  return {
    boxes, seen,
    field: (name) => document.querySelector(`[data-field="${name}"]`),
    shown: (name) => seen(document.querySelector(`[data-field="${name}"]`)),
    text: (selector) => document.querySelector(selector).innerText.replace(/\\s+/g, " ").trim(),
    said: (name) => document.getElementById("e-" + name).textContent,
    value: (name) => (boxes(name)[0] || document.getElementById("f-" + name)).value,
    set(name, value) {
      const box = boxes(name)[0];
      if (box.type === "radio" || box.type === "checkbox") return tick(name, [].concat(value).filter(Boolean));
      box.value = value;
      fire(box, "input");
      fire(box, "focusout");
    },
    elsewhere(key, value) {
      const box = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
      box.value = value;
      fire(box, "input");
    },
    click: (selector) => document.querySelector(selector).click(),
    pause: () => new Promise((go) => setTimeout(go, 20)),
  };
})();
"""


class Browser:
    """A headless Chromium with one page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ours, theirs = os.pipe(), os.pipe()
        reads, writes = ours[0], theirs[1]  # Chromium's ends; it wants them as 3 and 4
        options = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            f"--user-data-dir={folder / 'profile'}", "--remote-debugging-pipe", "about:blank",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3</dev/fd/{reads} 4>/dev/fd/{writes}', "sh", str(CHROMIUM), *options],
            pass_fds=(reads, writes),
            stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self._out = os.fdopen(ours[1], "wb", buffering=0)
        self._in = os.fdopen(theirs[0], "rb")
        self._numbers = itertools.count(1)
        self._events: list[dict[str, Any]] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._do("Page.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()
        self._in.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def visit(
        self,
        html: str,
        script: str,
        *,
        width: int = 800,
        dark: bool = False,
        medium: Literal["screen", "print"] = "screen",
        guarded: bool = True,
    ) -> Any:
        """What the script, the body of an async function, returns in that page. Not `guarded`: without its policy."""
        file = self._folder / "page.html"
        file.write_text(html, encoding="utf-8")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._do("Emulation.setEmulatedMedia", media=medium, features=[scheme])
        self._do("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
        self._do("Page.setBypassCSP", enabled=not guarded)
        self._do("Page.navigate", url=file.as_uri())
        self._until("Page.loadEventFired")
        return self.run(script)

    def run(self, script: str) -> Any:
        """What the script returns in the page as it stands."""
        text = f"(async () => {{ {_KIT} {script} }})()"
        found = self._do("Runtime.evaluate", expression=text, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, html: str, *, width: int, dark: bool = False) -> bytes:
        """The whole page as PNG."""
        high = self.visit(html, "return document.documentElement.scrollHeight", width=width, dark=dark)
        whole = {"x": 0, "y": 0, "width": width, "height": high, "scale": 1}
        found = self._do("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=whole)
        return base64.b64decode(found["data"])

    def asked(self, html: str, *, guarded: bool = True) -> tuple[list[str], list[str]]:
        """The addresses that the page asks, by the browser's own log of its network; and what its policy refused it."""
        self._do("Network.enable")
        self._do("Log.enable")
        self._events.clear()
        self.visit(html, "await new Promise((go) => setTimeout(go, 200)); return 0", guarded=guarded)
        self._do("Log.disable")
        self._do("Network.disable")
        sent = [one["params"]["request"]["url"] for one in self._events if one["method"] == "Network.requestWillBeSent"]
        told = [one["params"]["entry"]["text"] for one in self._events if one["method"] == "Log.entryAdded"]
        outside = [url for url in sent if not url.startswith(("data:", (self._folder / "page.html").as_uri()))]
        return outside, [text for text in told if "Content Security Policy" in text]

    def press(self, key: str) -> None:
        """A key, as from a keyboard: Tab, Enter, ArrowDown …"""
        codes = {"Tab": 9, "Enter": 13, " ": 32, "ArrowDown": 40, "ArrowRight": 39}
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            told = {
                "type": kind,
                "key": key,
                "windowsVirtualKeyCode": codes[key],
                "text": text if kind == "keyDown" else "",
            }
            self._do("Input.dispatchKeyEvent", **told)

    def _do(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._call(method, session=self._session, **parameters)

    def _call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._out.write(json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != number:
            pass
        assert "error" not in answer, (method, answer)
        result: dict[str, Any] = answer["result"]
        return result

    def _until(self, event: str) -> None:
        while self._next().get("method") != event:
            pass

    def _next(self) -> dict[str, Any]:
        held = bytearray()
        while (letter := self._in.read(1)) != b"\0":
            assert letter, "Chromium has ended"
            held += letter
        message: dict[str, Any] = json.loads(held)
        if "method" in message:
            self._events.append(message)
        return message

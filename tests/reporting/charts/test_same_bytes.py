"""Identical bytes from identical figures: in another process, with another hash seed, time zone and language."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.reporting.charts import gallery

from breakthrough.reporting.draw import png, svg
from breakthrough.worker import versions

ROOT = Path(__file__).parents[3]
# Our folder of tests by its place: an installed library may bring a package of that name.
CODE = """
import sys, types
sys.modules["tests"] = types.ModuleType("tests")
sys.modules["tests"].__path__ = [sys.argv[1]]
from tests.reporting.charts.test_same_bytes import digests
print(digests())
"""


def digests() -> dict[str, str]:
    """A digest of each chart's PNG and SVG."""
    return {
        name: hashlib.sha256(png(scene) + svg(scene, title=name, description=name).encode()).hexdigest()
        for name, scene in gallery.scenes().items()
    }


@pytest.mark.parametrize(
    ("seed", "zone", "locale"), [("1", "Pacific/Auckland", "C"), ("77", "America/Lima", "de_DE.UTF-8")]
)
def test_another_process_draws_the_same_bytes(seed: str, zone: str, locale: str) -> None:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": seed,
        "TZ": zone,
        "LC_ALL": locale,
        "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "sync"), str(ROOT / "sandbox")]),
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(ROOT / "tests")], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(digests())


def test_the_versions_of_all_that_draws_says_and_fits_are_recorded_with_a_report() -> None:
    recorded = versions.libraries()
    drawing = {"aggdraw", "fonttools", "fontpkg-arimo", "fontpkg-noto-sans-arabic", "fontpkg-noto-sans-devanagari"}
    saying, fitting = {"babel", "jinja2"}, {"numpy", "scipy", "statsmodels"}
    assert drawing | saying | fitting | {"pillow", "resvg-py", "zlib", "chart font"} <= set(recorded)

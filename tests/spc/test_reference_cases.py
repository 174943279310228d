"""All recorded cases of qicharts2 0.8.1 and NHSRplotthedots 0.2.2, through the adapter, at 1e-9 relative."""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "spc" / "cases.json"
TOLERANCE = 1e-9


def adapter() -> Any:
    """tests/reference/adapter.py, found by its path whatever the import mode."""
    spec = importlib.util.spec_from_file_location("reference_adapter", ROOT / "tests" / "reference" / "adapter.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up by name
    spec.loader.exec_module(module)
    return module


ADAPTER = adapter()


def cases() -> list[Any]:
    if not CASES.exists():
        loud = pytest.mark.skip(
            reason=f"NO REFERENCE CASE WAS COMPARED: {CASES.name} is not in the folder shared/spc beside this "
            "repository. Put the recorded cases there to run this check."
        )
        return [pytest.param(None, marks=loud, id="no-cases")]
    return [pytest.param(case, id=f"{case['id']}-{case['input']['chart']}") for case in json.loads(CASES.read_text())]


@pytest.mark.parametrize("case", cases())
def test_a_recorded_chart_is_reproduced_at_one_part_in_a_thousand_million(case: dict[str, Any]) -> None:
    asked = {key: case[key] for key in ("id", "engine", "input")}
    if "error" in case["expected"]:
        with pytest.raises(ValueError, match=r"time between two events must be greater than 0"):
            ADAPTER.run(asked)
        return
    assert differences(case["expected"], ADAPTER.run(asked)) == []


def test_the_comparison_sees_a_difference_in_the_tenth_digit() -> None:
    assert differences({"cl": [1.0, None], "n": 3}, {"cl": [1.0, math.nan], "n": 3}) == []
    assert differences({"cl": [1.0, None]}, {"cl": [1.000000002, None]}) != []
    assert differences({"cl": [None]}, {"cl": [0.0]}) != []
    assert differences({"signal": True}, {"signal": 1}) != []
    assert differences({"cl": [1.0]}, {"cl": [1.0, 1.0]}) != []


def differences(want: Any, got: Any, where: str = "", scale: float = 0.0) -> list[str]:
    """Every place where the answer is not the recorded one."""
    if isinstance(want, dict):
        return [line for key in want for line in differences(want[key], got.get(key), f"{where}.{key}")]
    if isinstance(want, list):
        if len(want) != len(got):
            return [f"{where}: {len(got)} entries, recorded {len(want)}"]
        size = max((abs(each) for each in want if isinstance(each, float | int)), default=0.0)
        pairs = enumerate(zip(want, got, strict=True))
        return [line for at, (a, b) in pairs for line in differences(a, b, f"{where}[{at}]", size)]
    if isinstance(want, bool) or isinstance(got, bool) or isinstance(want, str):
        same = type(want) is type(got) and want == got
    elif want is None or got is None:
        same = want is None and (got is None or math.isnan(got))
    else:
        allowed = TOLERANCE * (max(abs(want), abs(got)) if want and got else scale)
        same = abs(want - got) <= allowed
    return [] if same else [f"{where}: {got!r}, recorded {want!r}"]

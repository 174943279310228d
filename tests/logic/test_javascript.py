from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from tests.logic.backends import JavaScript

from breakthrough.logic import javascript, parse


def test_compiled_logic_calls_the_runtime_and_nothing_else() -> None:
    assert javascript.compiled(parse("[age] >= 18 and [cond(3)] = '1'")) == (
        '(c, r) => r.flag((r.compare(c, "\\u003e=", r.reference(c, "age"), 18)'
        ' && r.compare(c, "=", r.reference(c, "cond", "3"), "1")))'
    )


@pytest.mark.parametrize("text", ["</script><script>alert(1)//", "<!--", "\u2028\u2029", 'it\'s \\ "quoted"', "\n"])
def test_no_text_can_end_the_script_it_stands_in(text: str, node: JavaScript) -> None:
    tree = parse("'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")
    compiled = javascript.compiled(tree)
    assert re.search(r"[<>&\u2028\u2029\n]", compiled.replace("=>", "")) is None
    assert node.results(tree, [{}]) == [text]


@pytest.mark.parametrize("name", ["constructor", "tostring", "hasownproperty", "valueof"])
def test_a_field_named_like_something_of_javascript_is_a_field(name: str, node: JavaScript) -> None:
    tree = parse(f"[{name}] = ''")
    assert node.results(tree, [{}, {name: "x"}]) == ["1", "0"]


def test_a_page_can_ask_whether_a_condition_holds_and_has_its_own_clock() -> None:
    found = shutil.which("node")
    if not found:
        pytest.skip("THE JAVASCRIPT BACKEND WAS NOT RUN: there is no node on this computer. Install Node.js to run it.")
    shown = javascript.compiled(parse("[age] >= 18 and year('today') >= 2026"))
    asked = 'console.log(redcapLogic.holds(shown, {age: "18"}), redcapLogic.holds(shown, {age: "17"}));'
    script = f"{javascript.runtime()}\nconst shown = {shown};\n{asked}"
    done = subprocess.run([found, "-e", script], capture_output=True, text=True, check=True)
    assert done.stdout == "true false\n"

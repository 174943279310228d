from __future__ import annotations

import pytest

from breakthrough.errors import InstrumentError
from breakthrough.logic import LogicInvalid, parse


def refused(text: str) -> LogicInvalid:
    with pytest.raises(LogicInvalid) as raised:
        parse(text)
    return raised.value


def test_an_error_shows_the_line_with_a_caret_and_says_what_was_expected() -> None:
    error = refused("[age] >= 18\n  and [sex] = )")
    assert str(error) == ("Line 2, column 15: Expected a value, found ')'.\n      and [sex] = )\n                  ^")
    assert (error.position, error.line, error.column) == (26, 2, 15)
    assert error.expected == ("a value",)
    assert isinstance(error, InstrumentError)
    assert error.exit_code == 43


@pytest.mark.parametrize(
    ("text", "position", "sentence"),
    [
        pytest.param("[a]==1", 3, "REDCap compares with a single '='.", id="two equals"),
        pytest.param("[a]!==1", 5, "Expected a value, found '='.", id="not two equals"),
        pytest.param("[a]=>3", 4, "Write '>='.", id="equals before greater"),
        pytest.param("[a]=<3", 4, "Write '<='.", id="equals before less"),
        pytest.param("!([a]=1)", 0, "REDCap has no '!': write '<>' for 'is not'.", id="exclamation mark"),
        pytest.param("[a]=‘x’", 4, "Curly quotes are no quotes to REDCap", id="curly quotes"),
        pytest.param("[a]='x\"", 4, "This quote is never closed.", id="quotes of two kinds"),
        pytest.param("{a}=1", 0, "In logic, write [field].", id="curly brackets"),
        pytest.param("[a] % 2", 4, "for a remainder, write mod(a, b).", id="per cent"),
        pytest.param("@IF([a]=1,'','')", 0, "@CALCTEXT(…) or @CALCDATE(…), and in no other tag.", id="another tag"),
        pytest.param("@CALCTEXT(@CALCDATE([a],1,'d'))", 10, "in no other tag.", id="a tag within a tag"),
        pytest.param("[status]=Enrolled", 9, "write [enrolled] for a field, 'Enrolled' for a text.", id="bare word"),
        pytest.param("sum", 0, "'sum' is a function: write sum(number, …).", id="a function without arguments"),
        pytest.param("[a]=1 and", 9, "The logic ends here, but a value was expected.", id="nothing after and"),
        pytest.param("and [a]=1", 0, "Expected a value, found 'and'.", id="nothing before and"),
        pytest.param("[a]=1 or or [b]=1", 9, "Expected a value, found 'or'.", id="or twice"),
        pytest.param("[a] = not ([b]=1)", 6, "put what it belongs to in parentheses.", id="not after equals"),
        pytest.param("([a]=1", 6, "The logic ends here, but ')' was expected.", id="parenthesis left open"),
        pytest.param("[a]=1)", 5, "Expected the end, found ')'.", id="parenthesis too many"),
        pytest.param("[a]=1=2", 5, "Expected an operator or the end, found '='.", id="two comparisons"),
        pytest.param("[a] 1", 4, "Expected an operator or the end, found '1'.", id="nothing between values"),
        pytest.param("[a", 2, "The logic ends here, but '(', ':' or ']' was expected.", id="bracket left open"),
        pytest.param("[]", 1, "Expected a name, found ']'.", id="empty brackets"),
        pytest.param("[a(1]", 4, "Expected ')', found ']'.", id="code left open"),
        pytest.param("[a[b]]", 2, "found '['.", id="brackets within brackets"),
        pytest.param("[é]", 1, "Expected a name, found 'é'.", id="a letter no name has"),
        pytest.param("[2]", 1, "'2' cannot be a field's name", id="a number alone"),
        pytest.param("[e_arm_1] [a]", 10, "nothing may stand between ']' and '['", id="blank between brackets"),
        pytest.param("[e_arm_1].[a]", 9, "Expected an operator or the end, found '.'.", id="point between brackets"),
        pytest.param("[e][a][last]", 6, "'last' is no instance", id="no instance"),
        pytest.param("[a][prev-instance]", 4, "Did you mean 'previous-instance'?", id="instance misspelt"),
        pytest.param("[prev-event-name][a]", 1, "Did you mean 'previous-event-name'?", id="event misspelt"),
        pytest.param("[a][new-instance]", 3, "belongs to links, never to a field.", id="new instance"),
        pytest.param("[a][12345678901234567890]", 4, "No instance has so high a number.", id="instance too high"),
        pytest.param("1e999", 0, "This number is too large.", id="beyond a double"),
        pytest.param("datdiff([a],[b],'d')", 0, "Did you mean 'datediff'?", id="function misspelt"),
        pytest.param("frobnicate(1)", 0, "REDCap has no function 'frobnicate'.", id="no function like it"),
        pytest.param("ifnull([a], 1)", 0, 'the external module "Extra Calculation Functions"', id="a module's"),
        pytest.param("if([a]=1, 'x')", 0, "takes 3 arguments, and has 2.", id="if without else"),
        pytest.param("datediff([a],[b])", 0, "takes 3 to 5 arguments, and has 2.", id="datediff without unit"),
        pytest.param("round(1, 2, 3)", 12, "takes 1 or 2 arguments, and has 3.", id="an argument too many"),
        pytest.param("sum()", 0, "takes 1 or more arguments, and has 0.", id="nothing to sum"),
        pytest.param("left([a], 2", 11, "The logic ends here, but ')' or ',' was expected.", id="cut off"),
        pytest.param("@CALCDATE([a], 7)", 16, "Expected ',', found ')'.", id="@CALCDATE without unit"),
        pytest.param("", 0, "There is no logic here.", id="nothing"),
        pytest.param(" \n", 0, "There is no logic here.", id="blanks"),
        pytest.param("// [a]=1", 8, "The logic ends here, but a value was expected.", id="only a comment"),
    ],
)
def test_an_error_stands_where_the_mistake_is_and_says_what_to_do(text: str, position: int, sentence: str) -> None:
    error = refused(text)
    assert sentence in error.reason
    assert error.position == position
    assert error.excerpt.splitlines()[1].index("^") == 4 + error.column - 1


def test_line_ends_of_every_system_count_once() -> None:
    assert refused("[a]=1\r\nand\r[b]==1").line == 3


def test_a_long_line_is_cut_so_that_the_caret_stays_in_sight() -> None:
    error = refused("[a]=1 or " * 200 + "[b]==1")
    shown, caret = error.excerpt.splitlines()
    assert len(shown) <= 104
    assert shown[caret.index("^") :].startswith("==1")


def test_kinds_of_errors_can_be_told_apart() -> None:
    kinds = {
        "[a]=Yes": "bare-word",
        "foo(1)": "unknown-function",
        "if(1)": "arguments",
        "": "empty",
        "[a]==1": "syntax",
        "[a][x-instance]": "instance",
    }
    assert {text: refused(text).code for text in kinds} == kinds

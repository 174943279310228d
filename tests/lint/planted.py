"""Small dictionaries with one thing wrong, and others with nothing wrong, though they look as if."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.instruments.field import Field, Origin
from breakthrough.instruments.lint import Finding, Subject, find

ID = Field("record_id", "a", field_label="Record", origin=Origin("a.csv", 2))


def text(name: str = "x", form: str = "a", **cells: str) -> Field:
    """A text field with a label, and whatever else is said. `kind` is its validation."""
    kind = {"text_validation_type_or_show_slider_number": cells.pop("kind", "")}
    return Field.of(
        {"field_type": "text", "field_label": "Label"} | kind | cells | {"field_name": name, "form_name": form}
    )


def radio(name: str, choices: str = "1, One | 2, Two", **cells: str) -> Field:
    return text(name, **({"field_type": "radio", "select_choices_or_calculations": choices} | cells))


def box(name: str, choices: str = "1, One | 2, Two", **cells: str) -> Field:
    return radio(name, choices, field_type="checkbox", **cells)


def calc(name: str, equation: str, **cells: str) -> Field:
    return radio(name, equation, field_type="calc", **cells)


def shown(name: str, logic: str, **cells: str) -> Field:
    return text(name, branching_logic=logic, **cells)


def tagged(annotation: str, field: Field | None = None) -> Field:
    field = field or text()
    return Field.of(field.row() | {"field_annotation": annotation})


@dataclass(frozen=True)
class Example:
    code: str
    fields: tuple[Field, ...]
    whole: bool = True
    events: frozenset[str] | None = None
    missing_codes: frozenset[str] = frozenset()

    @property
    def subject(self) -> Subject:
        first = () if not self.whole or self.fields[0].field_name in {"", "first"} else (ID,)
        return Subject((*first, *self.fields), "a.csv", self.whole, self.events, self.missing_codes)

    def __str__(self) -> str:
        cells = (value for field in self.fields[-1:] for value in field.row().values() if value not in {"a", "Label"})
        return f"{self.code} {' '.join(cells)}"[:70]


def found(*fields: Field, whole: bool = True, events: frozenset[str] | None = None) -> tuple[Finding, ...]:
    return find(Example("", fields, whole, events).subject)


def codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in findings]


TWO = (text("lo"), text("hi"))
MATRIX = {"matrix_group_name": "m"}

# One thing is wrong in each: exactly that is found, and nothing else.
WRONG = (
    Example("N001", (text("1a"),)),
    Example("N001", (text("größe"),)),
    Example("N001", (text("a b"),)),
    Example("N002", (text("Age"),)),
    Example("N004", (text("a" * 27),)),
    Example("N005", (text("a__b"),)),
    Example("N005", (text("a_"),)),
    Example("N006", (text("redcap_event_name"),)),
    Example("N007", (text("instance"),)),
    Example("N008", (text("x"), text("x", field_label="Other"))),
    Example("N009", (text("a_complete"),)),
    Example("N010", (text("a_timestamp"),)),
    Example("O001", (text("x", ""),)),
    Example("O002", (text("x", "b"), text("y"))),
    Example("O003", (radio("first"),)),
    Example("O004", (text("first", branching_logic="[x] = 1"), text("x"))),
    Example("O005", (text("x", "My Form"),)),
    Example("O006", (text("x", "f" * 51),)),
    Example("O007", (text("x"), text("y", "b")), whole=False),
    Example("T001", (text(field_type="dropdwn"),)),
    Example("T001", (text(field_type="textarea"),)),
    Example("T002", (calc("x", ""),)),
    Example("T003", (text(identifier="yes"),)),
    Example("T003", (text(required_field="1"),)),
    Example("T004", (text(custom_alignment="left"),)),
    Example("T005", (text(required_field="Y"),)),
    Example("T006", (box("x", required_field="y"),)),
    Example("T006", (text("first", required_field="y"),)),
    Example("T007", (text(select_choices_or_calculations="1, A"),)),
    Example("T008", (text(field_type="sql", select_choices_or_calculations="SELECT 1"),)),
    Example("T009", (text(field_label=" "),)),
    Example("T010", (text(field_label="<script>alert(1)</script>Age"),)),
    Example("T011", (text(field_type="Text"),)),
    Example("C001", (radio("x", ""),)),
    Example("C002", (radio("x", "1, A | 1, B"),)),
    Example("C003", (radio("x", "a b, A | c, C"),)),
    Example("C003", (radio("x", ", A"),)),
    Example("C004", (box("x", "A, x | a, y"),)),
    Example("C004", (box("x", "a.b, x | a-b, y"),)),
    Example("C005", (radio("x", "1, A | 2,"),)),
    Example("C006", (radio("x", "Yes | No"),)),
    Example("C007", (radio("x", "1, <b>A</b> | 2, A"),)),
    Example("C008", (radio("x", "1, A || 2, B"),)),
    Example("C009", (radio("x", "1, A | 01, B"),)),
    Example("C010", (radio("x", "1, A | -9, B"),), missing_codes=frozenset({"-9"})),
    Example("C011", (text(field_type="slider", select_choices_or_calculations="a | b | c | d"),)),
    Example("L001", (*TWO, shown("x", "[lo] == 1"))),
    Example("L001", (*TWO, shown("x", "[lo] = 'a"))),
    Example("L001", (*TWO, calc("x", "if([lo] > 1, 2)"))),
    Example("L001", (*TWO, shown("x", "[lo] = yes"))),
    Example("L002", (*TWO, calc("x", "arund([lo])"))),
    Example("L003", (*TWO, calc("x", "ifnull([lo], 0)"))),
    Example("L004", (*TWO, shown("x", "[low] = 1"))),
    Example("L004", (*TWO, shown("x", "[b_complete] = 2"))),
    Example("L005", (text("first"), shown("x", "[elsewhere] = 1"), calc("z", "[others] * 2")), whole=False),
    Example("L006", (box("b"), shown("x", "[b(3)] = '1'"))),
    Example("L006", (box("b", "A, One"), shown("x", "[b(a)] = '1'"))),
    Example("L007", (box("b"), shown("x", "[b] = '1'"))),
    Example("L008", (radio("r"), shown("x", "[r(1)] = '1'"))),
    Example("L009", (*TWO, shown("x", "[week_2_arm_1][lo] = 1")), events=frozenset({"week_1_arm_1"})),
    Example("L010", (radio("r"), calc("x", "if([r] = '3', 1, 0)"))),
    Example("L011", (*TWO, shown("x", "[lo] > '5'"))),
    Example("L012", (*TWO, shown("x", "[lo] < 5"))),
    Example("L012", (*TWO, shown("x", "5 > [lo] and [hi] <> ''"))),
    Example("L013", (*TWO, shown("x", "[lo] = 1 && [hi] = 2"))),
    Example("L013", (*TWO, shown("x", "[lo] === 1"))),
    Example("L014", (*TWO, calc("x", "[lo]^2"))),
    Example("L015", (*TWO, calc("x", "if([lo] = 1, 'low', 0)"))),
    Example("L015", (*TWO, calc("x", "concat([lo], [hi])"))),
    Example("L016", (*TWO, calc("x", "datediff([lo], [hi], 'D')"))),
    Example("L017", (*TWO, calc("x", "datediff([lo], 'today', 'd')"))),
    Example("L018", (calc("x", "[y] + 1"), calc("y", "[z] + 1"), calc("z", "[x] + 1"))),
    Example("L018", (calc("x", "[x] + 1"),)),
    Example("L020", (*TWO, shown("x", "[user-dag-nam] = 'x'"))),
    Example("L021", (*TWO, calc("x", "if([lo]=1,1," * 250 + "0" + ")" * 250))),
    Example("L022", (*TWO, calc("x", "$('#lo-tr').prop('selected', true)"))),
    Example("R001", (radio("r"), shown("x", "[r] = '1' and [r] = '2'"))),
    Example("R002", (radio("p", branching_logic="[q] = '1'"), radio("q", branching_logic="[p] = '2'"))),
    Example("R003", (tagged("@HIDDEN", text(required_field="y")),)),
    Example("P001", (text(field_label="Since [low:value]?"), *TWO)),
    Example("P002", (text("date_of_visit"), text(field_label="On [date_of_vist]"))),
    Example("P003", (box("b"), text(field_label="Told: [b(7)]"))),
    Example("P004", (text(field_label="[week_2_arm_1][x]"),), events=frozenset({"week_1_arm_1"})),
    Example("P005", (text(field_label="[week_2_arm_1] [x]"),)),
    Example("P006", (text(field_label="Dear [user-fulname]"),)),
    Example("E001", (text("date_of_visit"), text(field_label="{date_of_vist}"))),
    Example("E002", (text("p"), text("q", "b", field_label="{p}"))),
    Example("E003", (text("p"), text("q", field_label="{p}"), text("r", field_note="{p}"))),
    Example("E004", (text("p", field_label="{p}"),)),
    Example("V001", (text(kind="hospital_id"),)),
    Example("V002", (radio("x", text_validation_type_or_show_slider_number="integer"),)),
    Example("V002", (text(kind="signature"),)),
    Example("V003", (text(field_type="notes", text_validation_min="1"),)),
    Example("V004", (text(text_validation_max="1"),)),
    Example("V004", (text(kind="alpha_only", text_validation_max="z"),)),
    Example("V005", (text(kind="integer", text_validation_min="5", text_validation_max="-5"),)),
    Example("V005", (text(kind="date_dmy", text_validation_min="2026-02-01", text_validation_max="2026-01-31"),)),
    Example("V005", (text(kind="time", text_validation_min="13:00", text_validation_max="9:30"),)),
    Example("V006", (text(kind="number", text_validation_min="five"),)),
    Example("V006", (text(kind="date_ymd", text_validation_min="2026-02-30"),)),
    Example("V006", (text(kind="time", text_validation_max="2400"),)),
    Example("V007", (text(kind="date_ymd", text_validation_min="1/31/2026"),)),
    Example("V007", (text(kind="number", text_validation_min="1,5"),)),
    Example("V008", (text(kind="int"),)),
    Example("V009", (text(kind="number", text_validation_max="[hi]"), text("lo"))),
    Example("V010", (text(field_type="slider", kind="integer"),)),
    Example("M001", (radio("x", **MATRIX), radio("y", "1, One | 2, Three", **MATRIX))),
    Example("M001", (radio("x", **MATRIX), box("y", **MATRIX))),
    Example("M002", (text(**MATRIX),)),
    Example("M003", (radio("x", **MATRIX), radio("y", **MATRIX), text("t"), radio("z", **MATRIX))),
    Example("M004", (radio("x", **MATRIX), radio("y", section_header="h", **MATRIX))),
    Example("M005", tuple(box(name, matrix_ranking="y", **MATRIX) for name in "xy")),
    Example("M006", (radio("x", matrix_ranking="y", **MATRIX), radio("y", **MATRIX))),
    Example("M007", tuple(radio(name, matrix_group_name="My group") for name in "xy")),
    Example("M008", (radio("x", **MATRIX),)),
    Example("I001", (text("dob"),)),
    Example("I001", (text(kind="email"),)),
    Example("I001", (text(field_label="Patient's name"),)),
    Example("I001", (text(field_type="file", kind="signature"),)),
    Example("X002", (text("long"),)),
    Example("X003", (radio("x", "1, A | 2, B | UNK, Not known"),)),
    Example("A001", (tagged("@HIDEN"),)),
    Example("A001", (tagged("@NOW_UTC"),)),
    Example("A002", (tagged("@DEFAULT='1"),)),
    Example("A002", (tagged("@CHARLIMIT"),)),
    Example("A003", (tagged("@NONEOFTHEABOVE='1'", radio("x")),)),
    Example("A003", (tagged("@CALCDATE([lo], 7, 'd')"), *TWO)),
    Example("A004", (tagged("@HIDECHOICE='1,7'", radio("x")),)),
    Example("A004", (tagged("@DEFAULT='One'", radio("x")),)),
    Example("A004", (tagged("@MAXCHOICE(1=5,9=5)", radio("x")),)),
    Example("A005", (tagged("@CHARLIMIT='many'"),)),
    Example("A005", (tagged("@DEFAULT='abc'", text(kind="number")),)),
    Example("A006", (tagged("@CHARLIMIT=5 @WORDLIMIT=5"),)),
    Example("A006", (tagged("@CALCTEXT([lo]) @DEFAULT='1'"), *TWO)),
    Example("A006", (tagged("@IF([lo] = 1, @CALCTEXT([hi]), '')"), *TWO)),
    Example("A007", (tagged("@FORCE-MINMAX", text(kind="number")),)),
    Example("A007", (tagged("@MAXCHECKED=2", box("x")),)),
    Example("A008", (tagged("@CALCTEXT(if([lo]), 1, 2)"), *TWO)),
)  # fmt: skip

# These break two rules at once, which cannot be helped.
WRONG_TWICE = (
    Example("N003 X001", (text("a" * 101),)),
    Example("N011 N005", (box("race"), text("race___1"))),
    Example("X001 X004 N004", (text("b" * 33), text("b" * 32 + "c"))),
    Example("L019 R002", (shown("x", "[x] <> ''"),)),
    Example("L010 R001", (radio("r"), shown("x", "[r] = '3'"))),
)

# Nothing is wrong with these, though each looks a little as if.
RIGHT = (
    Example("a name of two letters, as redcapAPI 336", (text("or1"), text("ro"))),
    Example("26 characters", (text("a" * 26),)),
    Example("project_id stands in a real project", (text("project_id"),)),
    Example("a form's own status", (shown("x", "[a_complete] = '2'"),)),
    Example("bracketed prose in a label", (text(field_label="20 mg/day or below [low dose], see [1] and [n/a]"),)),
    Example("braces that are prose", (text(field_label="a set {x, y} of {things}"),)),
    Example("a comma in a label", (radio("x", "1, Yes, limited a lot | 2, No, not at all"),)),
    Example("codes with signs", (radio("x", "-1, A | 1.5, B | 02, C"), box("y", "9..9, A | five, B"))),
    Example("unlike codes of a checkbox", (box("x", "1, A | -1, B | a, C | b, D"),)),
    Example("logic in capitals, over lines, with comments",
            (*TWO, shown("x", "[lo] <> '' AND\n// both\n([hi] != \"\" OR [lo] = 2)"))),
    Example("an event that nobody knows", (*TWO, shown("x", "[week_2_arm_1][lo] = '1'"))),
    Example("an event that is there", (*TWO, shown("x", "[e_arm_1][lo] = '1'")), events=frozenset({"e_arm_1"})),
    Example("the neighbouring event", (*TWO, shown("x", "[previous-event-name][lo] = 1")), events=frozenset({"e_arm_1"})),
    Example("a guarded comparison", (*TWO, shown("x", "[lo] <> '' and [lo] < 5"), shown("y", "[lo] > 1 and [lo] < 5"))),
    Example("another instance of the same calculation", (calc("x", "[x][previous-instance] + 1"),)),
    Example("two calculations, one after the other", (text("lo"), calc("x", "[lo] * 2"), calc("y", "[x] + [lo]"))),
    Example("powers in brackets", (*TWO, calc("x", "round(([lo])^(2) / ([hi])^(2), 1)"))),
    Example("a missing-data code", (radio("r"), shown("x", "[r] = 'NASK'")), missing_codes=frozenset({"NASK"})),
    Example("a number spelt otherwise", (radio("r"), shown("x", "[r] = 1.0"))),
    Example("an age that fits", (text("age", kind="integer"), shown("x", "[age] > 17 and [age] <= 18"))),
    Example("not equal to every code: a blank", (radio("r"), shown("x", "[r] <> '1' and [r] <> '2'"))),
    Example("two boxes at once", (box("b"), shown("x", "[b(1)] = '1' and [b(2)] = '1'"))),
    Example("shown by a field that another shows",
            (radio("p"), radio("q", branching_logic="[p] = '1'"), shown("x", "[q] = '2'"))),
    Example("other event's value of a field that is never shown", (shown("p", "[e_arm_1][x] = 1"), shown("x", "[e_arm_1][p] = 1"))),
    Example("hidden, and filled in", (tagged("@HIDDEN @NOW", text(required_field="y")),)),
    Example("sometimes hidden", (tagged("@IF([lo] = 1, @HIDDEN, '')", text(required_field="y")), *TWO)),
    Example("piping that is there", (text("p"), text(field_label="[p] [p:value] [e_arm_1][p][last-instance] [user-name]"))),
    Example("a field's place in a label, without a label of its own",
            (text("p", field_label=""), text("q", field_label="of {p} cigarettes"))),
    Example("hidden fields need no label", (tagged("@HIDDEN", text(field_label="")),)),
    Example("site's own limits", (text(kind="number", text_validation_min="0", text_validation_max="[p]"), text("p"))),
    Example("limits on the day",
            (text(kind="date_ymd", text_validation_min="2020-01-01", text_validation_max="today"),)),
    Example("decimal commas", (text(kind="number_1dp_comma_decimal", text_validation_min="1,0", text_validation_max="2,5"),)),
    Example("a slider with a number and limits", (text(field_type="slider", kind="number", text_validation_max="10"),)),
    Example("a search in an ontology", (text(select_choices_or_calculations="BIOPORTAL:HP"),)),
    Example("a list to type into", (radio("x", field_type="dropdown", text_validation_type_or_show_slider_number="autocomplete"),)),
    Example("a ranked matrix", tuple(radio(name, matrix_ranking="y", matrix_group_name="m") for name in "xy")),
    Example("flagged identifiers", (text("dob", identifier="y", kind="date_ymd"),)),
    Example("an e-mail that is a yes or no", (text("email_ok", field_type="yesno", field_label="May we e-mail you?"),)),
    Example("tags of modules, accounts and mail", (tagged("@INSTANCETABLE='b' @UVALIDATE see a@b.org and @you"),)),
    Example("prose round tags", (tagged("asked by AB @CHARLIMIT=20 since 2020"),)),
    Example("a filled-in choice", (tagged("@DEFAULT='2'", radio("x")), tagged("@DEFAULT='1,2'", box("y")))),
    Example("what is filled in is piped", (text("p"), tagged("@DEFAULT='[p]'", radio("x")))),
    Example("@CALCTEXT over lines", (*TWO, tagged("@CALCTEXT(\n// which\nif([lo] = 1, 'low', 'high'))"))),
    Example("@CALCDATE on a date", (*TWO, tagged("@CALCDATE([lo], 7, 'd')", text(kind="date_ymd")))),
    Example("one instrument", (radio("first"), text("p")), whole=False),
)  # fmt: skip

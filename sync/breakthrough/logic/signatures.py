"""The functions REDCap documents, with how many arguments each takes. What they do is in `functions/`."""

from __future__ import annotations

from dataclasses import dataclass

MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function is called: names of its arguments for messages, and how few and how many it takes."""

    arguments: str
    least: int
    most: int

    def wants(self) -> str:
        """`3 arguments`, `1 or 2 arguments`, `1 or more arguments`."""
        if self.most == MANY:
            return f"{self.least} or more arguments"
        if self.least == self.most:
            return f"{self.least} argument{'s' if self.least > 1 else ''}"
        between = " to " if self.most > self.least + 1 else " or "
        return f"{self.least}{between}{self.most} arguments"


SIGNATURES: dict[str, Signature] = {
    "if": Signature("condition, value if true, value if false", 3, 3),
    "datediff": Signature("date, date, unit, signed", 3, 5),  # an old form has the date format as fourth
    "age_at_date": Signature("birth, date, decimal", 2, 3),
    "dayoftheweek": Signature("date", 1, 1),
    "year": Signature("date", 1, 1),
    "month": Signature("date", 1, 1),
    "day": Signature("date", 1, 1),
    "round": Signature("number, places", 1, 2),
    "roundup": Signature("number, places", 1, 2),
    "rounddown": Signature("number, places", 1, 2),
    "sqrt": Signature("number", 1, 1),
    "abs": Signature("number", 1, 1),
    "exponential": Signature("number", 1, 1),
    "log": Signature("number, base", 1, 2),
    "mod": Signature("dividend, divisor", 2, 2),
    "sum": Signature("number, …", 1, MANY),
    "mean": Signature("number, …", 1, MANY),
    "median": Signature("number, …", 1, MANY),
    "min": Signature("number, …", 1, MANY),
    "max": Signature("number, …", 1, MANY),
    "stdev": Signature("number, …", 1, MANY),
    "isnumber": Signature("value", 1, 1),
    "isinteger": Signature("value", 1, 1),
    "isblankormissingcode": Signature("value", 1, 1),
    "isblanknotmissingcode": Signature("value", 1, 1),
    "ismissingcode": Signature("value", 1, 1),
    "hasmissingcode": Signature("value, 'CODE,CODE'", 2, 2),
    "contains": Signature("text, what to find", 2, 2),
    "not_contain": Signature("text, what not to find", 2, 2),
    "starts_with": Signature("text, beginning", 2, 2),
    "ends_with": Signature("text, ending", 2, 2),
    "find": Signature("what to find, text", 2, 2),
    "left": Signature("text, characters", 2, 2),
    "right": Signature("text, characters", 2, 2),
    "mid": Signature("text, start, characters", 3, 3),
    "length": Signature("text", 1, 1),
    "trim": Signature("text", 1, 1),
    "upper": Signature("text", 1, 1),
    "lower": Signature("text", 1, 1),
    "replace_text": Signature("text, what to replace, replacement", 3, 3),
    "concat": Signature("text, …", 1, MANY),
    "concat_ws": Signature("separator, text, …", 2, MANY),
}

# Functions of the external module "Extra Calculation Functions" (Nottingham-CTU): no part of REDCap itself.
MODULE_FUNCTIONS = frozenset({"ifnull", "ifenum", "makedate", "datalookup"})

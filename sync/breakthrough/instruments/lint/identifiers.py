"""I: fields that look as if they tell who a person is, and are not flagged. A guess by name, label and validation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint.finding import Finding
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text import html

_BY_VALIDATION = {
    "email": "an e-mail address", "ssn": "a social security number", "phone": "a telephone number",
    "mrn_10d": "a medical record number", "mrn_generic": "a medical record number", "vmrn": "a medical record number",
    "zipcode": "a postcode",
}  # fmt: skip
_BY_LABEL = tuple(
    (re.compile(pattern), looks)
    for pattern, looks in (
        (
            r"\b(?:first|last|full|middle|maiden|given|family|legal|patient'?s?|participant'?s?) names?\b|\bsurname\b",
            "a name",
        ),
        (r"\bdate of birth\b|\bbirth ?date\b|\bd\.?o\.?b\b", "a date of birth"),
        (r"\be-?mail address\b|^.{0,12}\be-?mail\b.{0,12}$", "an e-mail address"),
        (
            r"\b(?:tele|mobile |cell ?|home |work )phone\b|\b(?:phone|fax) (?:number|no)\b",
            "a telephone number",
        ),
        (r"\b(?:street|home|mailing|postal|residential) address\b|\bzip ?code\b|\bpost(?:al )?code\b", "an address"),
        (r"\bsocial security\b|\bssn\b|\bnational insurance number\b", "a social security number"),
        (
            r"\bmedical record (?:number|no)\b|\bmrn\b|\bnhs number\b|\bhospital number\b",
            "a medical record number",
        ),
        (r"\bpassport\b|\bdriver'?s licen[cs]e\b", "an identity document's number"),
        (r"\bip address\b", "an IP address"),
    )
)
_BY_NAME = re.compile(
    r"(?:^|_)(?:(?P<name>(?:first|last|sur|given|family|middle|maiden)_?name|name_(?:first|last|full))"
    r"|(?P<birth>dob|birth_?date|date_of_birth)|(?P<mail>e_?mail(?:_address)?)"
    r"|(?P<phone>telephone|phone(?:_(?:number|no))?|mobile_phone|cell_phone)|(?P<ssn>ssn)|(?P<mrn>mrn)"
    r"|(?P<address>(?:street_)?address|zip_?code|post_?code))(?:_?[0-9]+)?$"
)
_NAMED = {
    "name": "a name", "birth": "a date of birth", "mail": "an e-mail address", "phone": "a telephone number",
    "ssn": "a social security number", "mrn": "a medical record number", "address": "an address",
}  # fmt: skip
_LONGEST_LABEL = 80  # beyond, a label is an explanation that may well mention a name


def findings(subject: Subject) -> Iterator[Finding]:
    """Fields that may be identifiers and are not flagged as such."""
    for field in subject.fields:
        if field.is_identifier or field.field_type not in {"text", "notes", "file"}:
            continue
        if looks := _looks_like(field):
            problem = f"it looks like {looks}, and is not flagged as an identifier"
            remedy = "Write y under Identifier?, or leave it out; exports without identifiers would show it"
            yield Finding("I001", field, problem, remedy, "identifier")


def _looks_like(field: Field) -> str:
    kind = field.validation
    if field.field_type == "file":
        return "a signature" if kind == "signature" else ""
    if kind.startswith(("phone", "postalcode")):
        return "a telephone number" if kind.startswith("phone") else "a postcode"
    if kind in _BY_VALIDATION:
        return _BY_VALIDATION[kind]
    dated = kind.startswith("date")
    if found := _BY_NAME.search(field.field_name):
        looks = _NAMED[str(found.lastgroup)]
        return looks if _fits(looks, kind, dated=dated) else ""
    label = html.plain(field.field_label[:1000]).lower()
    if len(label) > _LONGEST_LABEL:
        return ""
    return next(
        (looks for pattern, looks in _BY_LABEL if pattern.search(label) and _fits(looks, kind, dated=dated)), ""
    )


def _fits(looks: str, validation: str, *, dated: bool) -> bool:
    """A date is no name, and a number no birthday: "number of phone calls" and "date of address change" are neither."""
    if looks == "a date of birth":
        return dated or not validation
    return not validation or validation == "alpha_only" or (looks.endswith("number") and not dated)

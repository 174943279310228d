"""REDCap's own action tags and what each takes. MyCap's, @MC-…, are many and not listed one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Form = Literal["alone", "value", "function"]


@dataclass(frozen=True, slots=True)
class Takes:
    """How the tag is written: `@NAME`, `@NAME='value'` or `@NAME(arguments)`; `required`: alone it does nothing."""

    form: Form
    required: bool = False


_ALONE = (
    "HIDDEN", "HIDDEN-FORM", "HIDDEN-SURVEY", "HIDDEN-APP", "HIDDEN-PDF", "READONLY", "READONLY-FORM",
    "READONLY-SURVEY", "READONLY-APP", "TODAY", "TODAY-SERVER", "TODAY-UTC", "NOW", "NOW-SERVER", "NOW-UTC",
    "USERNAME", "LATITUDE", "LONGITUDE", "PASSWORDMASK", "RICHTEXT", "FORCE-MINMAX", "RANDOMORDER", "HIDEBUTTON",
    "INLINE-PREVIEW", "NOMISSING", "BARCODE-APP", "SYNC-APP", "APPUSERNAME-APP", "CONSENT-VERSION",
    "LANGUAGE-CURRENT-FORM", "LANGUAGE-CURRENT-SURVEY", "LANGUAGE-MENU-STATIC", "LANGUAGE-SET", "LANGUAGE-SET-FORM",
    "LANGUAGE-SET-SURVEY", "SAVE-PROMPT-EXEMPT", "SAVE-PROMPT-EXEMPT-WHEN-AUTOSET", "HIDESUBMIT", "HIDESUBMIT-FORM",
    "HIDESUBMIT-SURVEY", "HIDESUBMITONLY", "HIDESUBMITONLY-FORM", "HIDESUBMITONLY-SURVEY", "HIDEREPEAT",
    "HIDEREPEAT-FORM", "HIDEREPEAT-SURVEY",
)  # fmt: skip
_VALUED = (
    "DEFAULT", "SETVALUE", "PREFILL", "PLACEHOLDER", "CHARLIMIT", "WORDLIMIT", "NONEOFTHEABOVE", "MAXCHECKED",
    "HIDECHOICE", "SHOWCHOICE", "LANGUAGE-FORCE", "LANGUAGE-FORCE-FORM", "LANGUAGE-FORCE-SURVEY",
)  # fmt: skip
_FUNCTIONS = ("CALCTEXT", "CALCDATE", "IF", "MAXCHOICE", "MAXCHOICE-SURVEY-COMPLETE", "DOWNLOAD-COUNT")

KNOWN: Mapping[str, Takes] = (
    dict.fromkeys(_ALONE, Takes("alone"))
    | dict.fromkeys(_VALUED, Takes("value", required=True))
    | dict.fromkeys(_FUNCTIONS, Takes("function", required=True))
    | {"INLINE": Takes("function")}  # a width and a height, if one is wanted
)

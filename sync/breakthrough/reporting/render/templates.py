"""Templates from the content folders: a deployment's before the shipped ones, sandboxed, strict about every name."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    pass_context,
)
from jinja2.exceptions import TemplateError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from breakthrough.content import Content
from breakthrough.errors import TemplateBroken
from breakthrough.language import say, say_as, says
from breakthrough.reporting.clean import clean
from breakthrough.reporting.render import layout

FOLDER = "reports/templates"
# What a template's own expressions can raise, besides Jinja's errors.
_SLIPS = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


@lru_cache(maxsize=8)
def environment(content: Content, *, html: bool) -> ImmutableSandboxedEnvironment:
    """Where templates are found and how they print: escaped for HTML, as it is for text, and always clean.

    Kept between reports, since making one costs more than rendering with it; changed files are read anew.
    """
    folders = [FileSystemLoader(folder / FOLDER) for folder in content.folders]
    # An override extends what it replaces under this name, or it would extend itself.
    replaced = PrefixLoader({"shipped": FileSystemLoader(content.program / FOLDER)})
    made = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*folders, replaced]),
        autoescape=html,
        undefined=StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(say, says, pgettext=say_as)  # type: ignore[attr-defined]  # the extension's
    made.globals["say"] = say
    made.filters |= {
        "linked": _linked,
        "whole": Markup,  # what a section has printed, line breaks and all
        "wrap": layout.wrap,
        "columns": layout.columns,
        "beside": layout.beside,
        "months": layout.months,
    }
    return made


def render(content: Content, name: str, values: Mapping[str, Any]) -> str:
    """The template of that name (`team.html.j2`, `team.txt.j2`) filled. Raises TemplateBroken with file and line."""
    try:
        return environment(content, html=name.endswith(".html.j2")).get_template(name).render(values)
    except TemplateSyntaxError as broken:
        raise TemplateBroken(_message(broken.filename or name, broken.lineno, broken.message or "")) from broken
    except TemplateNotFound as broken:
        raise TemplateBroken(
            f"The template {broken.name} is not there. It was looked for in {FOLDER} of the deployment, then of the "
            "program. Put it back, or take away the template that asks for it."
        ) from broken
    except _SLIPS as broken:
        file, line = _place(broken, name)
        raise TemplateBroken(_message(file, line, str(broken))) from broken


@pass_context
def _linked(context: Context, text: str) -> str:
    """The text with a link at the first place of each word that is explained at the foot."""
    return context["glossary"].link(text)  # type: ignore[no-any-return]


def _final(value: object) -> object:
    """What is printed: cleaned, whoever wrote it; only our own pictures and style sheet pass as they are."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _place(broken: BaseException, name: str) -> tuple[str, int | None]:
    """The deepest frame that is a template's."""
    frames = [one for one in traceback.extract_tb(broken.__traceback__) if one.filename.endswith(".j2")]
    return (frames[-1].filename, frames[-1].lineno) if frames else (name, None)


def _message(file: str, line: int | None, what: str) -> str:
    where = f"{file}, line {line}" if line else file
    return f"{where}: the template cannot be used: {what}. Correct it, or take the file away to use the shipped one."

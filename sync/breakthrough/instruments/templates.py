"""Templates, style sheets and the bundled font from the content folders, for the pages made of instruments."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from breakthrough.content import Content, shipped
from breakthrough.errors import TemplateBroken
from breakthrough.instruments.preview import markup

_TEMPLATES = "reports/templates"
_FACES = {400: "BreakthroughSans-Regular.otf", 600: "BreakthroughSans-SemiBold.otf"}


def rendered(content: Content, file: str, values: Mapping[str, Any]) -> str:
    """The page that a template makes of those values.

    Raises TemplateBroken where a deployment's template cannot be used, with its file and line.
    """
    try:
        return _environment(content).get_template(file).render(values)
    except TemplateError as broken:
        line = getattr(broken, "lineno", None)
        raise TemplateBroken(
            f"{getattr(broken, 'filename', None) or file}{f', line {line}' if line else ''}: the template cannot "
            f"be used: {broken}. Correct it, or take the file away to use the shipped one."
        ) from broken


def static(content: Content, file: str) -> Markup:
    """A style sheet or script: content of the deployment's own, so nothing in it is escaped."""
    return Markup(content.find(file).read_text(encoding="utf-8"))  # noqa: S704


def faces(content: Content) -> Markup:
    """The bundled font, inside the page, so that the page asks nobody for anything."""
    rules = []
    for weight, name in _FACES.items():
        data = base64.b64encode(content.find(f"reports/static/fonts/{name}").read_bytes()).decode()
        rules.append(
            f"@font-face{{font-family:'Breakthrough Sans';font-weight:{weight};"
            f"src:url(data:font/otf;base64,{data}) format('opentype')}}"
        )
    return Markup("\n".join([*rules, ""]))  # noqa: S704


@lru_cache(maxsize=8)
def _environment(content: Content) -> ImmutableSandboxedEnvironment:
    """Kept between pages, since making one costs more than using it; changed files are read anew."""
    folders = [FileSystemLoader(folder / _TEMPLATES) for folder in content.folders]
    replaced = PrefixLoader({"shipped": FileSystemLoader(shipped() / _TEMPLATES)})
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*folders, replaced]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _final(value: object) -> object:
    """What is printed: without letters that deceive the eye, whoever wrote them."""
    return markup.seen(value) if isinstance(value, str) and not isinstance(value, Markup) else value

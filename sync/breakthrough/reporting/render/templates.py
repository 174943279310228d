"""Templates from the content folders: a deployment's before the shipped ones, sandboxed, strict about every name."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    pass_context,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import TemplateError
from jinja2.nodes import Expr
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from breakthrough.content import Content
from breakthrough.errors import TemplateBroken
from breakthrough.language import say, say_as, says
from breakthrough.reporting.clean import clean
from breakthrough.reporting.parts import Row
from breakthrough.reporting.render import layout

FOLDER = "reports/templates"
_KINDS = 4096  # attributes that are remembered; all shipped templates together ask for some hundred
# What a template's own expressions can raise, besides Jinja's errors.
_SLIPS = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


class _Folder(FileSystemLoader):
    """A folder of templates, but for those that are passed over."""

    def __init__(self, folder: Path, without: frozenset[Path]) -> None:
        super().__init__(folder)
        self._folder, self._without = folder, without

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The source of a template. Raises TemplateNotFound also where it is passed over."""
        if self._folder / template in self._without:
            raise TemplateNotFound(template)
        return super().get_source(environment, template)


class _Printing(CodeGenerator):
    """Jinja's, which cleans and escapes a printed value in calls of their own: here both are one."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _html(frame):
            self.write("environment.printed(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _html(frame):
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


def _html(frame: Frame) -> bool:
    """Whether what is printed there is escaped, whatever the values are."""
    return frame.eval_ctx.autoescape and not frame.eval_ctx.volatile


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's, which asks of every attribute anew whether it is safe. That depends on the kind of value alone."""

    code_generator_class = _Printing

    def __init__(self, *settings: Any, **named: Any) -> None:
        super().__init__(*settings, **named)
        self._safe: set[tuple[type, str]] = set()

    @staticmethod
    def printed(value: object) -> str:
        """What a page prints of that value: cleaned and escaped."""
        if type(value) is str:
            return _escaped(value)
        return value if type(value) is Markup else escape(_final(value))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The attribute, as Jinja has it; at once where such a value's is known to be safe, and is no function."""
        if (type(obj), attribute) in self._safe:
            value = getattr(obj, attribute, None)
            if value is not None and not callable(value):
                return value
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may see that attribute."""
        kind = (type(obj), attr)
        if kind in self._safe:
            return True
        safe = super().is_safe_attribute(obj, attr, value)
        if safe and len(self._safe) < _KINDS:
            self._safe.add(kind)
        return safe


@lru_cache(maxsize=8)
def environment(content: Content, *, html: bool) -> ImmutableSandboxedEnvironment:
    """Where templates are found and how they print: escaped for HTML, as it is for text, and always clean.

    Kept between reports, since making one costs more than rendering with it; changed files are read anew.
    """
    folders = [_Folder(folder / FOLDER, content.without) for folder in content.folders]
    # An override extends what it replaces under this name, or it would extend itself.
    replaced = PrefixLoader({"shipped": FileSystemLoader(content.program / FOLDER)})
    made = _Sandbox(
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
    made.globals |= {"say": say, "_": say}  # the extension's own _ asks the page for its gettext at every call
    made.filters |= {
        "linked": _linked,
        "cells": _cells,
        "lines": _lines,
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
        file = broken.filename or name
        raise TemplateBroken(message(file, broken.lineno, broken.message or ""), (file,)) from broken
    except TemplateNotFound as broken:
        raise TemplateBroken(
            f"The template {broken.name} is not there. It was looked for in {FOLDER} of the deployment, then of the "
            "program. Put it back, or take away the template that asks for it.",
            tuple(file for file, _ in _places(broken)),
        ) from broken
    except _SLIPS as broken:
        through = _places(broken)
        file, line = through[-1] if through else (name, None)
        slip = _endless(name) if isinstance(broken, RecursionError) else str(broken)
        raise TemplateBroken(message(file, line, slip), tuple(one for one, _ in through)) from broken


def _endless(name: str) -> str:
    """Jinja finds a template of that name in its own place first, also where that template asks for it."""
    return f'it asks for itself without an end; the shipped one is {{% extends "shipped/{name}" %}}'


@pass_context
def _linked(context: Context, text: str) -> str:
    """The text with a link at the first place of each word that is explained at the foot."""
    return context["glossary"].link(text)  # type: ignore[no-any-return]


def _cells(cells: Iterable[str], kind: str = "") -> Markup:
    """Cells of a table's row, all of that class, as HTML."""
    begin = f'<td class="{escape(kind)}">' if kind else "<td>"
    return Markup("".join([f"{begin}{_escaped(one)}</td>" for one in cells]))  # noqa: S704 - each is escaped


def _lines(rows: Iterable[Row], kind: str = "") -> Markup:
    """Lines of a table, each a label and cells of that class, as HTML."""
    begin = '<tr align="right"><th class="l" scope="row">'
    lines = [f"{begin}{_escaped(row.label)}</th>{_cells(row.cells, kind)}</tr>\n" for row in rows]
    return Markup("".join(lines))  # noqa: S704 - labels and cells are escaped


@lru_cache(maxsize=4096, typed=True)  # a month's reports have most of their words and figures in common
def _escaped(text: str) -> str:
    """What a page prints of a text; of Markup, that itself."""
    return str(escape(_final(text)))


def _final(value: object) -> object:
    """What is printed: cleaned, whoever wrote it; only our own pictures and style sheet pass as they are."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _places(broken: BaseException) -> list[tuple[str, int | None]]:
    """File and line of each template that an error came through, the one where it happened last."""
    frames = traceback.extract_tb(broken.__traceback__)
    return [(one.filename, one.lineno) for one in frames if one.filename.endswith(".j2")]


def message(file: str, line: int | None, what: str) -> str:
    """What is said of a template that cannot be used."""
    where = f"{file}, line {line}" if line else file
    return f"{where}: the template cannot be used: {what.rstrip('.')}. Correct it, or take the file away."

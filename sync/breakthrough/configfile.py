"""Reads a YAML file into a typed model and says, for every mistake, on which line it is and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from breakthrough.errors import ContentMissing, SettingInvalid


class Model(BaseModel):
    """What a settings file is read into: frozen, and no key is allowed that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


Path_ = tuple[str | int, ...]


class Misplaced(ValueError):
    """Raised by a model's own validation for faults that lie deeper than the model: path and sentence of each."""

    def __init__(self, faults: Sequence[tuple[Path_, str]]) -> None:
        super().__init__("; ".join(sentence for _, sentence in faults))
        self.faults = tuple(faults)


M = TypeVar("M", bound=Model)


def read(path: Path, model: type[M], overlay: Mapping[str, Any] | None = None) -> M:
    """The file as that model. `overlay` is merged over it, key by key, before it is checked.

    Raises ContentMissing when there is no such file, SettingInvalid when its YAML or its content is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ContentMissing(f"There is no file {path}. Check the name, or start one with: breakthrough init") from None
    except OSError as broken:
        raise SettingInvalid(f"{path} cannot be read: {broken.strerror}. Check who may read it.") from broken
    except UnicodeDecodeError as broken:
        raise SettingInvalid(f"{path} cannot be read as UTF-8 text: {broken}. Save it as UTF-8.") from broken
    return parse(text, model, str(path), overlay)


def parse(text: str, model: type[M], name: str, overlay: Mapping[str, Any] | None = None) -> M:
    """The YAML text as that model; `name` is what messages call it. Raises SettingInvalid."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        raw = {} if node is None else loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as broken:
        mark = getattr(broken, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        problem = getattr(broken, "problem", None) or str(broken)
        raise SettingInvalid(
            f"{where}: this is not valid YAML ({problem}). Check indents, quotes and colons."
        ) from broken
    raw = {} if raw is None else raw  # `~` stands there
    if not isinstance(raw, dict):
        raise SettingInvalid(f"{name}: this should be settings with names, such as 'name: …', but it is not.")
    try:
        return model.model_validate(merged(raw, overlay or {}))
    except ValidationError as wrong:
        lines = [line for error in wrong.errors() for line in _sentences(name, node, model, error)]
        raise SettingInvalid("\n".join(lines)) from wrong


def place(path: Path, at: Path_) -> str:
    """`reports/team.yaml, line 4`: where in that file, which has been read, the value at that path stands."""
    return _place(str(path), yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Loader), at)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `over`: mappings are merged key by key, anything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result


class _Loader(yaml.SafeLoader):
    """YAML 1.1 with its two surprises taken out: a month stays text, and a key may stand only once."""


# "2025-09" and 2025-09-18 stay text, so that one place (the model) decides what they are;
# yes/no/on/off stay text too, as YAML 1.2 has it.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if not tag.endswith((":timestamp", ":bool"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|false|False)$"), list("tTfF"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key '{key.value}' stands twice", key.start_mark)
        seen.add(key.value)
    loader.flatten_mapping(node)
    return dict(loader.construct_pairs(node, deep=True))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def _line(node: yaml.Node | None, path: Path_) -> int | None:
    """The line, from 1, on which the value at `path` stands, or the deepest part of the path that exists."""
    line = None
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _sentences(name: str, node: yaml.Node | None, model: type[BaseModel], error: Mapping[str, Any]) -> list[str]:
    cause = error.get("ctx", {}).get("error")
    if not isinstance(cause, Misplaced):
        return [_sentence(name, node, model, error)]
    return [f"{_place(name, node, (*error['loc'], *path))}: {sentence}" for path, sentence in cause.faults]


def _place(name: str, node: yaml.Node | None, path: Path_) -> str:
    line = _line(node, path)
    return f"{name}, line {line}" if line else name


def _sentence(name: str, node: yaml.Node | None, model: type[BaseModel], error: Mapping[str, Any]) -> str:
    path: Path_ = tuple(error["loc"])
    where = _place(name, node, path)
    key = ".".join(map(str, path)) or "the file"
    kind = error["type"]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), known_keys(model, path[:-1]), n=1, cutoff=0.5)
        known = ", ".join(sorted(known_keys(model, path[:-1])))
        hint = f"Did you mean '{near[0]}'?" if near else f"Known here: {known}."
        return f"{where}: the key '{key}' is not known. {hint}"
    if kind == "missing":
        return f"{where}: '{key}' is missing. Add it."
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: '{key}' is wrong: {message}"


def known_keys(model: type[BaseModel], path: Sequence[str | int]) -> set[str]:
    """The keys that the model allows at that path of a file."""
    models: list[Any] = [model]
    for step in path:
        models = [below for one in models for below in _below(one, step)]
    return {field.alias or key for one in models for key, field in one.model_fields.items()}


def _below(model: type[BaseModel], step: str | int) -> Iterable[type[BaseModel]]:
    field = model.model_fields.get(str(step))
    if field is not None:
        yield from _models(field.annotation)
    else:  # a key of a mapping, or an index of a list: the model below it is the same
        yield model


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)

"""The API's contents, one module each.

A module says what it answers in `ACTIONS` (and `SUPER_ACTIONS`): adding a content is adding a module.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass

from redcap_sandbox.desk import Action, SuperAction

Key = tuple[str, str]  # content, action


@dataclass(frozen=True)
class Contents:
    """Everything the server answers, by content and action."""

    actions: Mapping[Key, Action]
    super_actions: Mapping[Key, SuperAction]

    @property
    def names(self) -> frozenset[str]:
        """Every value the parameter `content` may have."""
        return frozenset(content for content, _ in self.actions)


def discovered() -> Contents:
    """The contents of every module in this folder."""
    actions: list[Action] = []
    super_actions: list[SuperAction] = []
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        found = importlib.import_module(module.name)
        actions.extend(found.ACTIONS)
        super_actions.extend(getattr(found, "SUPER_ACTIONS", ()))
    return Contents(
        {(action.content, action.name): action for action in actions},
        {(action.content, action.name): action for action in super_actions},
    )

"""Reads collaborative.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from breakthrough import configfile
from breakthrough.collaborative.model import Collaborative
from breakthrough.errors import SettingInvalid


def load(path: Path, overlay: Mapping[str, Any] | None = None) -> Collaborative:
    """The collaborative in that file, with `overlay` merged over it. Raises SettingInvalid naming line and key."""
    return configfile.read(path, Collaborative, overlay)


def parse(content: bytes, name: str) -> Collaborative:
    """The collaborative of a file's bytes; `name` is what messages call it. Raises SettingInvalid."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise SettingInvalid(f"{name} cannot be read as UTF-8 text: {broken}. Save it as UTF-8.") from broken
    return configfile.parse(text, Collaborative, name)

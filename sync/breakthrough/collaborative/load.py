"""Reads collaborative.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from breakthrough import configfile
from breakthrough.collaborative.model import Collaborative


def load(path: Path, overlay: Mapping[str, Any] | None = None) -> Collaborative:
    """The collaborative in that file, with `overlay` merged over it. Raises SettingInvalid naming line and key."""
    return configfile.read(path, Collaborative, overlay)

"""A deployment folder to begin with: one collaborative, settings that fit it, and all that stands around them."""

from breakthrough.scaffold.folder import write
from breakthrough.scaffold.worked import BLANK, known

__all__ = ["BLANK", "known", "write"]

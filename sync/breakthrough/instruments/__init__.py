"""What people fill in: data dictionaries, the project they make, what is generated, what must hold, what would change.

Reaching a server is left to `breakthrough.redcap`.
"""

from breakthrough.instruments.field import Choice, Field, Origin

__all__ = ["Choice", "Field", "Origin"]

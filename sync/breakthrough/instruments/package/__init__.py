"""What people carry to REDCap by hand: the hand-over for a project in production, and the XML of a new project."""

from breakthrough.instruments.package.handover import Handover, write
from breakthrough.instruments.package.new_project import xml

__all__ = ["Handover", "write", "xml"]

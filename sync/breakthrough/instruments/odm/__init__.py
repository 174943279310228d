"""Project XML (CDISC ODM 1.3.1 with REDCap's extensions) to one typed `Project` and back.

`parse(data, name)` and `encode(project)`. What is not modelled is kept as it stood and written again. An entity is
never expanded, a document type never accepted, nothing is fetched.
"""

from breakthrough.instruments.odm.read import parse
from breakthrough.instruments.odm.values import Event, Form, Project, Repeat, Report, Role, Survey
from breakthrough.instruments.odm.write import encode

__all__ = ["Event", "Form", "Project", "Repeat", "Report", "Role", "Survey", "encode", "parse"]

"""Project XML (CDISC ODM 1.3.1 with REDCap's extensions) to one typed `Project` and back, and its records.

`parse(data, name)` and `encode(project)`; `entries(project)` reads its records one form at a time, and
`stream(project, entries)` writes a project with records that are handed over in this way. What is not modelled is kept
as it stood and written again. An entity is never expanded, a document type never accepted, nothing is fetched.
"""

from breakthrough.instruments.odm.clinical import Entry, File
from breakthrough.instruments.odm.clinical_read import entries
from breakthrough.instruments.odm.clinical_write import records_xml
from breakthrough.instruments.odm.read import parse
from breakthrough.instruments.odm.values import Event, Form, Project, Repeat, Report, Role, Survey
from breakthrough.instruments.odm.write import encode, stream

__all__ = [
    "Entry",
    "Event",
    "File",
    "Form",
    "Project",
    "Repeat",
    "Report",
    "Role",
    "Survey",
    "encode",
    "entries",
    "parse",
    "records_xml",
    "stream",
]

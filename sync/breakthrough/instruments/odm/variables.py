"""GlobalVariables: the project's settings, and groups such as roles, surveys and reports, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Project, Repeat, Report, Role, Survey

_NAMED = ("StudyName", "StudyDescription", "ProtocolName")
_REPEATS, _DAGS, _SURVEYS, _ROLES, _REPORTS = (
    "redcap:RepeatingInstrumentsAndEvents",
    "redcap:DataAccessGroupsGroup",
    "redcap:SurveysGroup",
    "redcap:UserRolesGroup",
    "redcap:ReportsGroup",
)
_MODELLED = (_REPEATS, _DAGS, _SURVEYS, _ROLES, _REPORTS)
# Where a group stands among the others, as in every file seen.
_ORDER = (
    "MycapProjectsGroup", "MycapThemesGroup", "DdpMappingGroup", "DdpPreviewFieldsGroup",
    "RepeatingInstrumentsAndEvents",
    "DataQualityRulesGroup", "DataAccessGroupsGroup", "SurveysGroup", "SurveysQueueGroup", "SurveysSchedulerGroup",
    "EconsentGroup", "OdmAttachmentGroup", "EconsentFormsGroup", "PdfSnapshotsGroup", "UserRolesGroup",
    "RandomizationGroup", "MultilanguageSettingsGroup", "ReportsGroup", "ReportsFoldersGroup", "RecordDashboardsGroup",
    "AlertsGroup", "ProjectDashboardsGroup",
)  # fmt: skip
# What every file has, for a project that was not read from one.
_ALWAYS = {
    "RecordAutonumberingEnabled": "0",
    "CustomRecordLabel": "",
    "SecondaryUniqueField": "",
    "SchedulingEnabled": "0",
    "SurveysEnabled": "0",
    "SurveyInvitationEmailField": "",
    "Purpose": "3",  # quality improvement
    "PurposeOther": "",
    "ProjectNotes": "",
    "MissingDataCodes": "",
}


def read(variables: Node) -> tuple[dict[str, str], tuple[Node, ...], tuple[Node, ...]]:
    """The settings by name, the groups that are not modelled, and every element as it stood."""
    settings: dict[str, str] = {}
    others: list[Node] = []
    for node in variables.children:
        if node.tag in _NAMED or node.tag in _MODELLED:
            continue
        if node.children or node.attributes or not node.tag.startswith("redcap:") or node.tag.endswith("Group"):
            others.append(node)
        else:
            settings[node.tag.removeprefix("redcap:")] = node.text
    return settings, tuple(others), variables.children


def repeats(groups: Mapping[str, Node]) -> tuple[Repeat, ...]:
    """What repeats: whole events first, then forms on events."""
    group = groups.get(_REPEATS, Node(_REPEATS))
    events = [Repeat(node.get("redcap:UniqueEventName")) for node in group.all("redcap:RepeatingEvent")]
    forms = [
        Repeat(node.get("redcap:UniqueEventName"), node.get("redcap:RepeatInstrument"), node.get("redcap:CustomLabel"))
        for holder in group.all("redcap:RepeatingInstruments")
        for node in holder.all("redcap:RepeatingInstrument")
    ]
    return (*events, *forms)


def data_access_groups(groups: Mapping[str, Node]) -> tuple[str, ...]:
    """The names of the data access groups."""
    return tuple(row["group_name"] for row in _rows(groups, _DAGS) if "group_name" in row)


def roles(groups: Mapping[str, Node]) -> tuple[Role, ...]:
    """The user roles."""
    return tuple(Role(row) for row in _rows(groups, _ROLES))


def surveys(groups: Mapping[str, Node]) -> tuple[Survey, ...]:
    """The surveys."""
    return tuple(Survey(row) for row in _rows(groups, _SURVEYS))


def reports(groups: Mapping[str, Node]) -> tuple[Report, ...]:
    """The reports."""
    return tuple(Report(row) for row in _rows(groups, _REPORTS))


def node(project: Project) -> Node:
    """The GlobalVariables of that project: what it was read from where that still says the same, in its order."""
    kept = project.kept.globals if project.kept else ()
    stood = {one.tag: place for place, one in reversed(list(enumerate(kept)))}
    written = [*_named(project, kept), *_settings(project), *_unchanged(project, kept), *project.others]
    ranked = sorted(written, key=lambda one: (stood.get(one.tag, len(stood)), _rank(one.tag)))
    return Node("GlobalVariables", children=tuple(ranked))


def _rows(groups: Mapping[str, Node], tag: str) -> list[Mapping[str, str]]:
    return [row.attributes for row in groups.get(tag, Node(tag)).children]


def _named(project: Project, kept: Iterable[Node]) -> Iterator[Node]:
    before = {one.tag: one for one in kept}
    yield Node("StudyName", text=project.title)
    same = before.get("StudyName", Node("")).text == project.title
    told = "metadata, events, and data" if project.records else "metadata and events"
    description = f'This file contains the {told} for REDCap project "{project.title}".'
    for tag, text in (("StudyDescription", description), ("ProtocolName", project.title)):
        yield before[tag] if same and tag in before else Node(tag, text=text)


def _settings(project: Project) -> Iterator[Node]:
    fresh = _ALWAYS | ({"SurveysEnabled": "1"} if project.surveys else {})
    settings = project.settings if project.kept else fresh | dict(project.settings)
    return (Node(f"redcap:{name}", text=value) for name, value in settings.items())


def _unchanged(project: Project, kept: Iterable[Node]) -> Iterator[Node]:
    """The modelled groups; one that was read and still says the same is written as it stood."""
    before = {one.tag: one for one in kept}
    said: dict[str, tuple[object, object]] = {
        _REPEATS: (project.repeating, repeats(before)),
        _DAGS: (project.groups, data_access_groups(before)),
        _SURVEYS: (project.surveys, surveys(before)),
        _ROLES: (project.roles, roles(before)),
        _REPORTS: (project.reports, reports(before)),
    }
    for fresh in _modelled(project):
        now, then = said[fresh.tag]
        if fresh.tag in before and now == then:
            yield before[fresh.tag]
        elif fresh.children:
            yield fresh


def _modelled(project: Project) -> Iterator[Node]:
    yield _repeating(project.repeating)
    yield _group(_DAGS, ({"group_name": name} for name in project.groups))
    yield _group(_SURVEYS, (survey.settings for survey in project.surveys))
    yield _group(_ROLES, (role.rights for role in project.roles))
    yield _group(_REPORTS, (report.settings for report in project.reports))


def _group(tag: str, rows: Iterable[Mapping[str, str]]) -> Node:
    child = tag.removesuffix("Group")
    return Node(tag, children=tuple(Node(child, dict(row)) for row in rows))


def _repeating(listed: Iterable[Repeat]) -> Node:
    events = [Node("redcap:RepeatingEvent", {"redcap:UniqueEventName": one.event}) for one in listed if not one.form]
    forms = [
        Node(
            "redcap:RepeatingInstrument",
            {
                "redcap:UniqueEventName": one.event,
                "redcap:RepeatInstrument": one.form,
                "redcap:CustomLabel": one.label,
            },
        )
        for one in listed
        if one.form
    ]
    holder = [Node("redcap:RepeatingInstruments", children=tuple(forms))] if forms else []
    return Node(_REPEATS, children=(*events, *holder))


def _rank(tag: str) -> int:
    name = tag.removeprefix("redcap:")
    if tag in _NAMED:
        return -2
    return _ORDER.index(name) if name in _ORDER else (len(_ORDER) if name.endswith("Group") else -1)

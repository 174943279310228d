"""GlobalVariables: the project's settings, and groups such as roles, surveys and reports, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

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
    # Said of an XML without records, too.
    description = f'This file contains the metadata, events, and data for REDCap project "{project.title}".'
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
    for fresh in _modelled(project, before):
        now, then = said[fresh.tag]
        if fresh.tag in before and now == then:
            yield before[fresh.tag]
        elif fresh.children:
            yield fresh


def _modelled(project: Project, before: Mapping[str, Node]) -> Iterator[Node]:
    yield _repeating(project.repeating, before.get(_REPEATS))
    stood = {row["group_name"]: row for row in _rows(before, _DAGS) if "group_name" in row}
    yield _group(_DAGS, [{"group_name": name} | dict(stood.get(name, {})) for name in project.groups], before)
    yield _group(_SURVEYS, [survey.settings for survey in project.surveys], before)
    yield _group(_ROLES, [role.rights for role in project.roles], before)
    yield _group(_REPORTS, [report.settings for report in project.reports], before)


def _group(tag: str, rows: Iterable[Mapping[str, str]], before: Mapping[str, Node]) -> Node:
    child = tag.removesuffix("Group")
    stood = before[tag].attributes if tag in before else {}
    return Node(tag, stood, tuple(Node(child, dict(row)) for row in rows))


def _repeating(listed: Sequence[Repeat], before: Node | None) -> Node:
    """Events that repeat as a whole, then for each event the forms that do."""
    tag, holder = "redcap:RepeatingEvent", "redcap:RepeatingInstruments"
    holders = list(before.all(holder)) if before else []
    stood = {_repeat(node): node for one in (before, *holders) if one for node in one.children}
    children = [_kept_repeat(tag, {"redcap:UniqueEventName": one.event}, stood) for one in listed if not one.form]
    for event, run in groupby((one for one in listed if one.form), key=lambda one: one.event):
        own = [
            {"redcap:UniqueEventName": event, "redcap:RepeatInstrument": one.form, "redcap:CustomLabel": one.label}
            for one in run
        ]
        forms = tuple(_kept_repeat("redcap:RepeatingInstrument", attributes, stood) for attributes in own)
        children.append(Node(holder, children=forms))
    rebuilt = Node(_REPEATS, children=tuple(children))
    return rebuilt.keeping(before, {tag, holder}) if children else rebuilt


def _kept_repeat(tag: str, attributes: Mapping[str, str], stood: Mapping[tuple[str, str], Node]) -> Node:
    node = Node(tag, attributes)
    return node.keeping(stood.get(_repeat(node)))


def _repeat(node: Node) -> tuple[str, str]:
    return node.get("redcap:UniqueEventName"), node.get("redcap:RepeatInstrument")


def _rank(tag: str) -> int:
    name = tag.removeprefix("redcap:")
    if tag in _NAMED:
        return -2
    return _ORDER.index(name) if name in _ORDER else (len(_ORDER) if name.endswith("Group") else -1)

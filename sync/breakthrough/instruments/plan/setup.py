"""The set-up of the project besides its fields: what repeats, groups, settings, surveys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments.difference import Risk
from breakthrough.instruments.plan.values import Live, Step
from breakthrough.instruments.project import Project, unique_name
from breakthrough.language import clauses, listed, message, say, says

# A setting that changes what happens to data, or who gets at them: a person should look first.
_LOOK_FIRST = {
    "bypass_branching_erase_field_prompt": message("it decides whether values that branching hides are erased"),
    "secondary_unique_field": message("values that stand twice are refused from then on"),
}


def repeats(project: Project, live: Live) -> Iterator[Step]:
    """What is to repeat, and what is not to any more."""
    forms = {field.form_name for field in live.fields}
    for name, label in project.repeating.items():
        if name not in live.repeating:
            risk: Risk = "safe" if name not in forms else "review"
            said = say("it does not repeat in REDCap")
            yield Step("repeat instrument", name, said, risk, f"repeat-instrument:{name}")
        elif live.repeating[name] != label:
            said = say("now '{value}'", value=live.repeating[name])
            names = (name, f"'{label}'")
            yield Step(
                "label repeats", f"of {' with '.join(names)}", said, "safe", f"label-repeats:{name}", names=names
            )
    for name in live.repeating:
        if name not in project.repeating:
            said = say("it does not repeat here; its repeats after the first would be hidden")
            yield Step("stop repeating", name, said, "loses data", f"stop-repeating:{name}")


def groups(project: Project, live: Live, teams: Sequence[str]) -> Iterator[Step]:
    """A data access group for each team that has none. Groups that no team here owns are left as they are.

    A group that a team's could be taken for is left to a person, by hand, and so are people who are to be in it.
    """
    if live.groups is None:
        return
    for team in teams if project.group_rule else ():
        group = project.group(team)
        alike = confused(group, live)
        if group not in live.groups.values():
            said = clauses(say("team {team} has no data access group in REDCap", team=team), alike)
            yield Step("add group", group, said, "review" if alike else "safe", f"add-group:{group}", bool(alike))
        elif alike:
            yield Step("tell groups apart", group, alike, "review", f"tell-groups-apart:{group}", by_hand=True)


def confused(group: str, live: Live) -> str:
    """Why nobody can tell which group of REDCap is the one of this name, and what to do; blank where one can."""
    there = live.groups or {}
    same = sorted(unique for unique, name in there.items() if name == group)
    if len(same) > 1:
        return says(
            "REDCap has {n} group of this name ({groups}): put their records and people into one, and delete the "
            "other, in REDCap (DAGs)",
            "REDCap has {n} groups of this name ({groups}): put their records and people into one, and delete the "
            "other, in REDCap (DAGs)",
            len(same),
            groups=listed(same),
        )
    if same:
        return ""
    made = unique_name(group)
    near = sorted((name, unique) for unique, name in there.items() if made in {unique, unique_name(name)})
    if near:
        name, unique = near[0]
        return say(
            "REDCap has the group '{other}' (unique name {unique}), which could be taken for it: in REDCap (DAGs), "
            "rename it to '{group}' if it is this team's, or to something else if it is not",
            other=name,
            unique=unique,
            group=group,
        )
    return ""


def require_apart(project: Project, teams: Iterable[str]) -> None:
    """Raises DictionaryInvalid where the groups of two teams would have one unique name in REDCap."""
    known: dict[str, str] = {}
    for team in sorted(set(teams)) if project.group_rule else ():
        other = known.setdefault(unique_name(project.group(team)), team)
        if other != team:
            raise DictionaryInvalid(
                f"The teams '{other}' and '{team}' differ in capitals or punctuation alone. REDCap leaves both out of "
                f"the unique name of a data access group, so that both groups would be "
                f"'{unique_name(project.group(team))}', and one team could be taken for the other. Nothing was "
                "changed. Rename the record of one of them in REDCap, and wherever its code stands in files here."
            )


def uniques(live: Live) -> dict[str, str]:
    """The unique name of each group by its name, exactly as it stands; `confused` tells which are not to be used."""
    return {name: unique for unique, name in (live.groups or {}).items()}


def settings(project: Project, live: Live) -> Iterator[Step]:
    """The settings that differ, of those project.yaml names and REDCap tells."""
    for name, wanted in project.settings.items():
        now = live.settings.get(name)
        if now is not None and now != wanted:
            why = say(_LOOK_FIRST[name]) if name in _LOOK_FIRST else ""
            if (name, wanted) == ("surveys_enabled", "0"):
                why = say("links to surveys that people have been sent no longer open")
            said = clauses(say("now '{value}'", value=now), why)
            risk: Risk = "review" if why else "safe"
            names = (name, f"'{wanted}'")
            yield Step("change setting", " to ".join(names), said, risk, f"change-setting:{name}", names=names)


def surveys(project: Project, live: Live) -> Iterator[Step]:
    """Which forms are to be surveys, and which are and should not be; a person switches them in REDCap."""
    if live.surveys is None:
        return
    for one in project.instruments:
        if one.survey and one.name not in live.surveys:
            said = say("it is no survey in REDCap, and no API can make it one: Online Designer, Enable")
            yield Step("switch on survey", one.name, said, "safe", f"switch-on-survey:{one.name}", by_hand=True)
        elif one.name in live.surveys and not one.survey:
            said = say("it is a survey in REDCap, which who has its link can fill in, and none here")
            yield Step("switch off survey", one.name, said, "review", f"switch-off-survey:{one.name}", by_hand=True)

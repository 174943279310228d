"""Whom mails go to: teams and coaches that would get none, and addresses that cannot be written to, counted alone."""

from __future__ import annotations

from collections.abc import Iterator

from breakthrough import teams
from breakthrough.delivery import addresses, recipients
from breakthrough.english import listed, many
from breakthrough.errors import MailError
from breakthrough.settings import MAIN
from breakthrough.store import address
from breakthrough.worker.checks.finding import Finding, Now
from breakthrough.worker.deployment import Deployment

_TOLD = 8


def people(here: Deployment, now: Now) -> Iterator[Finding]:
    """How it stands with those who get mail today. No address and no person's name is told."""
    if not _usable(here.collaborative.coordinator.email):
        yield Finding(
            "wrong",
            "people",
            "The coordinator's address cannot be written to, and answers go there.",
            "Correct coordinator.email in collaborative.yaml.",
        )
    coaches = [one.code for one in here.collaborative.coaches if not _usable(one.email)]
    if coaches:
        yield Finding(
            "wrong",
            "people",
            f"The address of the coach {_some(coaches)} cannot be written to.",
            "Correct it under coaches in collaborative.yaml.",
        )
    where = address.of(here.settings, here.folder, here.environment)
    if where.path and not where.path.exists():
        yield Finding("unknown", "people", "Nothing was pulled yet, so teams are not known.", "Run: breakthrough pull")
        return
    yield from _pulled(here, now)


def _pulled(here: Deployment, now: Now) -> Iterator[Finding]:
    moment = now()
    today = here.today(moment)
    with here.store() as store:
        held = store.newest([MAIN], moment)
        if MAIN not in held.snapshot.runs:
            yield Finding(
                "unknown", "people", "Nothing was pulled yet, so teams are not known.", "Run: breakthrough pull"
            )
            return
        roster = teams.read_roster(held, here.collaborative, today)
    everyone = recipients.of(here.collaborative, roster, today, here.code)
    reached = {one.subject for one in everyone if one.report == "team"}
    active = [team.code for team in roster.teams if team.status == "active"]
    silent = [code for code in active if code not in reached]
    yield Finding(
        "good" if everyone else "wrong",
        "people",
        f"Reports go to {len(reached)} of {many(len(active), 'active team')}, in {many(len(everyone), 'mail')} "
        "a month with those to coaches.",
        "" if everyone else "Put people with an address and consent on the teams' rosters in REDCap.",
    )
    if silent:
        yield Finding(
            "advice",
            "people",
            f"Nobody of {_some(silent)} gets the team's report.",
            "In REDCap, put somebody on their roster with an address, consent, and the report ticked.",
        )
    known = {one.code for one in here.collaborative.coaches}
    alone = [one.code for one in roster.teams if one.status == "active" and one.coach not in known]
    if alone:
        yield Finding(
            "advice",
            "people",
            f"{_some(alone)} {'has' if len(alone) == 1 else 'have'} no coach that collaborative.yaml names.",
            "Choose the coach in the team's profile in REDCap.",
        )
    unusable = sum(not _usable(one.address) for one in everyone if one.report == "team")
    if unusable:
        yield Finding(
            "wrong",
            "people",
            f"Of the addresses on the rosters, {unusable} cannot be written to.",
            "The mails to them are refused in the outbox, which says whose: breakthrough outbox list --state refused",
        )


def _usable(address: str) -> bool:
    try:
        addresses.canonical(address)
    except MailError:
        return False
    return True


def _some(codes: list[str]) -> str:
    return listed(codes) if len(codes) <= _TOLD else f"{', '.join(codes[:_TOLD])} and {len(codes) - _TOLD} more"

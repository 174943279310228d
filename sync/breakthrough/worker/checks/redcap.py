"""REDCap, project by project: the token, what it may do, the clock, and what differs from the definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from breakthrough.english import many
from breakthrough.errors import AuthFailed, BreakthroughError, TokenMissing
from breakthrough.redcap.client import Client
from breakthrough.settings import MAIN, token
from breakthrough.worker import drift, planning
from breakthrough.worker.checks.clock import clocks
from breakthrough.worker.checks.finding import EXAMPLE, Finding, Now
from breakthrough.worker.checks.rights import rights
from breakthrough.worker.checks.writing import writing
from breakthrough.worker.deployment import Deployment

_PARTS = 3


def redcap(here: Deployment, now: Now) -> Iterator[Finding]:
    """How it stands with each REDCap project. One that cannot be reached keeps no other from being looked at."""
    for name, one in here.settings.redcap_projects().items():
        if f".{EXAMPLE}/" in one.url:
            yield Finding("unknown", "redcap", f"{name}: REDCap was not asked, as its address is the example's.")
            continue
        try:
            yield from _project(here, name, now)
        except TokenMissing:
            yield Finding("unknown", "redcap", f"{name}: REDCap was not asked, as there is no token (see settings).")
        except BreakthroughError as error:
            yield Finding("wrong", "redcap", f"{name}: {error}")


def _project(here: Deployment, name: str, now: Now) -> Iterator[Finding]:
    client = here.client(name)
    version = client.version()
    info = client.info()
    stage = "in production" if info.get("in_production") else "in development"
    yield Finding("good", "redcap", f"{name}: REDCap {version} answers; project {info['project_id']}, {stage}.")
    yield from _same_token(here, name)
    deploying = _deploying(here, name)
    parts: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: rights(client, deploying, name),
        lambda: writing(here, int(info["project_id"]), deploying) if name == MAIN else iter(()),
        lambda: clocks(client, name, here.settings.redcap_projects()[name].timezone, now),
        lambda: _drift(here, client, name, now),
    )
    for part in parts:
        try:
            yield from part()
        except AuthFailed:  # the door is shut: REDCap bans an address that goes on asking
            raise
        except BreakthroughError as error:
            yield Finding("wrong", "redcap", f"{name}: {error}")


def _same_token(here: Deployment, name: str) -> Iterator[Finding]:
    one = here.settings.redcap_projects()[name]
    if one.deploy_token is None:
        return
    try:
        same = token(one.token, here.folder, here.environment) == token(one.deploy_token, here.folder, here.environment)
    except TokenMissing:  # told among the settings
        return
    if same:
        yield Finding(
            "wrong",
            "redcap",
            f"{name}: token and deploy_token are the same, so that what only reads could change the project.",
            "Have an account of its own for the worker, and keep its token under token.",
        )


def _deploying(here: Deployment, name: str) -> Client | None:
    """The client of the person who deploys, where that token is here."""
    if here.settings.redcap_projects()[name].deploy_token is None:
        return None
    try:
        return here.client(name, deploying=True)
    except TokenMissing:
        return None


def _drift(here: Deployment, client: Client, name: str, now: Now) -> Iterator[Finding]:
    if name not in planning.defined(here):
        yield Finding("good", "redcap", f"{name}: its forms are defined elsewhere, and only read.")
        return
    found = drift.find(here, client, name, now())
    steps = found.plan.steps
    if not steps:
        yield Finding("good", "redcap", f"{name}: {_as_defined(found.plan.complete)}")
        return
    named = ", ".join(step.name for step in steps[:_PARTS]) + (" …" if len(steps) > _PARTS else "")
    yield Finding(
        "wrong" if not found.deployed and found.plan.part("dictionary") else "advice",
        "redcap",
        f"{name}: {many(len(steps), 'thing')} in REDCap {'is' if len(steps) == 1 else 'are'} not as defined here "
        f"({named}).",
        f"See them with: breakthrough plan --project {name}",
    )


def _as_defined(complete: bool) -> str:
    whole = "REDCap has everything as it is defined here"
    return f"{whole}." if complete else f"{whole}, as far as the token can see."

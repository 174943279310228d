"""The settings: what still stands as the scaffold left it, and whether each secret is where it is said to be."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from breakthrough.english import many
from breakthrough.errors import TokenMissing
from breakthrough.settings import MAIN, secret, token
from breakthrough.worker.checks.finding import EXAMPLE, Finding, Now
from breakthrough.worker.deployment import Deployment

_SUBJECT = "settings"


def settings(here: Deployment, now: Now) -> Iterator[Finding]:
    """How it stands with breakthrough.yaml, collaborative.yaml and the secrets that they name."""
    del now
    yield Finding(
        "good",
        _SUBJECT,
        f"breakthrough.yaml and the collaborative can be read: {many(len(here.settings.redcap_projects()), 'project')} "
        f"of REDCap, {many(len(here.collaborative.measures), 'measure')}.",
    )
    yield from _examples(here)
    yield from _secrets(here)
    yield from _folder(here)


def _examples(here: Deployment) -> Iterator[Finding]:
    left = [
        f"{'redcap' if name == MAIN else f'projects.{name}'}.url"
        for name, redcap in here.settings.redcap_projects().items()
        if f".{EXAMPLE}/" in redcap.url
    ]
    if here.settings.mail and here.settings.mail.host.endswith(EXAMPLE):
        left.append("mail.host")
    for key in left:
        yield Finding(
            "wrong",
            _SUBJECT,
            f"{key} still names the example, which is nobody's server.",
            f"Write your institution's own into {here.folder / 'breakthrough.yaml'}.",
        )
    if here.settings.mail is None:
        yield Finding(
            "wrong",
            _SUBJECT,
            "'mail' is missing, so nothing can be sent.",
            f"Name the mail server in {here.folder / 'breakthrough.yaml'}; docs/configuration.md tells how.",
        )


def _secrets(here: Deployment) -> Iterator[Finding]:
    """Whether each secret can be had. That of a deploy may be elsewhere: a server that only reports needs none."""
    found = 0
    for name, redcap in here.settings.redcap_projects().items():
        yield from (wrong := tuple(_missing(here, redcap.token, of_redcap=True)))
        found += not wrong
        if redcap.deploy_token:
            for absent in _missing(here, redcap.deploy_token, of_redcap=True):
                yield Finding(
                    "advice",
                    _SUBJECT,
                    f"Nothing can be deployed to the project '{name}' from here. {absent.said}",
                    "Where this computer only reports, take deploy_token out of breakthrough.yaml.",
                )
        if redcap.write_token:
            yield from (wrong := tuple(_missing(here, redcap.write_token, of_redcap=True)))
            found += not wrong
    for reference in _others(here):
        yield from (wrong := tuple(_missing(here, reference, of_redcap=False)))
        found += not wrong
    if found:
        yield Finding("good", _SUBJECT, f"{many(found, 'secret')} where the settings say, and private.")


def _others(here: Deployment) -> Iterator[str]:
    """Where every secret is kept that is no token of REDCap."""
    mail, portal = here.settings.mail, here.settings.portal
    imap = mail.bounces.imap if mail and mail.bounces else None
    named = (
        here.settings.store_password,
        *((mail.password, mail.unsubscribe_key, mail.dkim.key if mail.dkim else None) if mail else ()),
        imap.password if imap else None,
        portal.trigger if portal else None,
    )
    return (one for one in named if one)


def _missing(here: Deployment, reference: str, *, of_redcap: bool) -> Iterator[Finding]:
    try:
        (token if of_redcap else secret)(reference, here.folder, here.environment)
    except TokenMissing as absent:
        yield Finding("wrong", _SUBJECT, str(absent))


def _folder(here: Deployment) -> Iterator[Finding]:
    folder = here.folder / "secrets"
    if os.name == "posix" and folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding("advice", _SUBJECT, f"Other users can look into {folder}.", f"Run: chmod 700 {folder}")

"""The pages of one-click unsubscribing: what is asked, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.language import say
from breakthrough.reporting.clean import line


@dataclass(frozen=True, slots=True)
class Page:
    """A page with a heading, a few sentences and, where something is asked, the words of a button."""

    collaborative: str
    heading: str
    text: tuple[str, ...]
    button: str = ""


def ask(collaborative: str) -> Page:
    """Asks whether to unsubscribe."""
    text = say("Press the button, and this kind of report is not sent to your address any more. No login is needed.")
    return Page(line(collaborative, 80), say("Stop these mails?"), (text,), say("Stop these mails"))


def done(collaborative: str) -> Page:
    """Says that it is done."""
    text = (
        say("This kind of report is not sent to your address any more."),
        say("If that was a mistake, answer any of the mails you have had: the coordinator can put it back."),
    )
    return Page(line(collaborative, 80), say("These mails have stopped"), text)


def unknown(collaborative: str) -> Page:
    """Says that the address of the page is none of ours."""
    text = (
        say("Part of the link may have been lost on the way, so nothing was changed."),
        say("Open the link in the mail again, or answer the mail and say that you want no more."),
    )
    return Page(line(collaborative, 80), say("This link is not known here"), text)

"""The SPF record of a sender's domain: whether there is one, and whether receivers can make something of it."""

from __future__ import annotations

from collections.abc import Iterator

from breakthrough.worker.checks.finding import Finding
from breakthrough.worker.checks.names import Ask

_MOST = 10  # lookups that a receiver makes before it gives up (RFC 7208 §4.6.4)
_ASKING = ("include:", "a:", "mx:", "ptr:", "exists:", "redirect=")
_BARE = {"a", "mx", "ptr"}


def spf(domain: str, ask: Ask) -> Iterator[Finding]:
    """What is to be said of the domain's SPF record. Raises Unresolved where the DNS does not answer."""
    found = _records(domain, ask)
    if not found:
        yield Finding(
            "advice",
            "domain",
            f"{domain} has no SPF record, so that receivers cannot tell which servers may send for it.",
            f'Ask whoever keeps its DNS to add one that names your mail server, such as "v=spf1 mx -all" at {domain}.',
        )
        return
    if len(found) > 1:
        yield Finding(
            "wrong",
            "domain",
            f"{domain} has {len(found)} SPF records. Receivers then take none of them (RFC 7208 §4.5).",
            "Ask whoever keeps its DNS to make one of them.",
        )
        return
    lookups = _lookups(domain, found[0], ask, frozenset())
    if lookups > _MOST:
        yield Finding(
            "wrong",
            "domain",
            f"The SPF record of {domain} takes more than {_MOST} lookups, after which receivers take it for faulty.",
            "Ask whoever keeps its DNS to name networks (ip4:, ip6:) in place of some of its include:.",
        )
    elif _ends(found[0]) == "+all":
        yield Finding(
            "advice",
            "domain",
            f"The SPF record of {domain} lets every server in the world send for it (+all).",
            "Ask whoever keeps its DNS to end it with -all or ~all.",
        )
    else:
        yield Finding("good", "domain", f"{domain} has one SPF record, which takes {lookups} of {_MOST} lookups.")


def _records(domain: str, ask: Ask) -> tuple[str, ...]:
    return tuple(one for one in ask(domain, "TXT") if one.lower() == "v=spf1" or one.lower().startswith("v=spf1 "))


def _terms(record: str) -> list[str]:
    return [one.lstrip("+-~?").lower() for one in record.split()[1:]]


def _ends(record: str) -> str:
    alls = [one.lower() for one in record.split()[1:] if one.lstrip("+-~?").lower() == "all"]
    return ("+all" if alls[0] in {"all", "+all"} else alls[0]) if alls else ""


def _lookups(domain: str, record: str, ask: Ask, above: frozenset[str]) -> int:
    """How many lookups it takes a receiver, counted until there are too many; a circle is too many."""
    above = above | {domain}
    count = 0
    for term in _terms(record):
        name, _, _ = term.partition("/")
        if name not in _BARE and not name.startswith(_ASKING):
            continue
        count += 1
        target = name.partition(":" if name.startswith("include:") else "=")[2].rstrip(".")
        if not name.startswith(("include:", "redirect=")) or "%" in target:
            continue
        if target in above:
            return _MOST + 1
        for inner in _records(target, ask)[:1]:
            count += _lookups(target, inner, ask, above)
        if count > _MOST:
            return count
    return count

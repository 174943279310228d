"""What must hold before the store may be changed by REDCap's answers, above all before anything may go.

A list of records that is empty or short is first of all a sign of trouble: an overloaded server, a narrowed right. So
few records go at once, more only when a second list a minute later says the same, and many only when a person does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from breakthrough.errors import AnswerUnreadable, Refused
from breakthrough.store.deletions import Pending

AT_ONCE = 20  # records, where they are a small share of all
SMALL = 0.05
LARGE = 0.20  # a larger share of the records never goes without a person
APART = dt.timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which records may go now, which wait for another list, and which for a person."""

    go: frozenset[str] = frozenset()
    second_list: frozenset[str] = frozenset()
    person: frozenset[str] = frozenset()

    @property
    def waiting(self) -> frozenset[str]:
        """All that do not go yet."""
        return self.second_list | self.person


def verdict(missing: Iterable[Pending], held: int, at: dt.datetime, *, suspicious: bool) -> Verdict:
    """What may become of records that REDCap's list lacks, out of `held` that the store has.

    `suspicious`: the project was moved to production, or back, in between, which may have erased records. Those that a
    person has confirmed go in any case, and do not count for the others.
    """
    some = tuple(missing)
    confirmed = frozenset(one.record for one in some if one.confirmed_at)
    others = [one for one in some if not one.confirmed_at]
    names = frozenset(one.record for one in others)
    share = len(others) / held if held else 0.0
    if suspicious or share > LARGE:
        return Verdict(go=confirmed, person=names)
    if share <= SMALL and len(others) <= AT_ONCE:
        return Verdict(go=confirmed | names)
    agreed = frozenset(one.record for one in others if one.lists > 1 and at - one.first_at >= APART)
    return Verdict(go=confirmed | agreed, second_list=names - agreed)


def require_records(found: Collection[str], held: int, *, confirmed: bool) -> None:
    """Raises AnswerUnreadable for an empty list where the store has records, unless a person says that all have gone.

    Under load REDCap has been seen to answer with status 200 and nothing. Then what it says of changes is no truer.
    """
    if held and not found and not confirmed:
        raise AnswerUnreadable(
            f"REDCap says that the project has no records, but the store holds {held}. An overloaded REDCap has been "
            "seen to answer like this, so nothing was changed. If the project was really emptied, run: breakthrough "
            "pull --confirm-deletions. Otherwise check the rights of the token's user, and try again."
        )


def require_answers(asked: Collection[str], missing: Collection[str]) -> None:
    """Raises AnswerUnreadable where REDCap lists records and then returns none of them."""
    if len(asked) > 1 and len(missing) == len(asked):
        raise AnswerUnreadable(
            f"REDCap lists {len(asked)} records and returns none of them. Nothing was changed. The export rights of "
            "the token's user may hide record names: give it the full data set."
        )


def require_groups(*, there: bool) -> None:
    """Raises Refused where REDCap does not say which record is in which group, although there are groups.

    It leaves that out, without a word, for a token whose user is in a group and so sees only that group's records: all
    others would be taken for gone.
    """
    if there:
        raise Refused(
            "The project has data access groups, but REDCap does not say which record is in which: the token's user is "
            "in a group, and sees no record of the others. Nothing was changed. Take that user out of its group."
        )


def require_columns(hidden: Collection[str]) -> None:
    """Raises Refused where REDCap leaves out fields of forms that were asked for whole."""
    if hidden:
        names = sorted(hidden)
        named = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        raise Refused(
            f"REDCap leaves out {len(names)} fields of the project ({named}), which would be taken for blank. Nothing "
            "was changed. Give the token's user the data export right 'Full Data Set' on every instrument."
        )

"""What must hold of REDCap's answers before the store may be changed by them, above all before anything may go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from breakthrough.errors import AnswerUnreadable, Refused
from breakthrough.redcap.client import Client
from breakthrough.redcap.shapes import Layout

_MOST_FIELDS_TOLD = 5


def ids(found: Sequence[str], held: Collection[str]) -> list[str]:
    """The list of records, which may only be empty where the store is.

    Under load REDCap has been seen to answer with status 200 and nothing; and an emptied project is worth a question.
    """
    if held and not found:
        raise AnswerUnreadable(
            f"REDCap says that the project has no records, but the store holds {len(held)}. An overloaded REDCap has "
            "been seen to answer like this, so nothing was changed. If the project was really emptied, start a new "
            "store; otherwise check the rights of the token's user and try again."
        )
    return list(found)


def rows(found: Sequence[Mapping[str, str]], asked: Collection[str], layout: Layout) -> None:
    """Raises AnswerUnreadable or Refused unless these rows are the whole truth about some of the records asked for."""
    if not found:
        return
    others = {row.get(layout.record_field, "") for row in found} - set(asked)
    if others:
        raise AnswerUnreadable(
            f"REDCap sent {len(others)} records that were not asked for. Nothing was taken from this answer. If it "
            "stays so, the export rights of the token's user may hide record names: give it the full data set."
        )
    columns = found[0].keys()
    if any(row.keys() != columns for row in found):
        raise AnswerUnreadable(
            "REDCap's rows have different columns within one answer. Nothing was taken from it. Try again later."
        )
    hidden = layout.missing(columns)
    if hidden:
        named = ", ".join(hidden[:_MOST_FIELDS_TOLD]) + (" …" if len(hidden) > _MOST_FIELDS_TOLD else "")
        raise Refused(
            f"REDCap leaves out {len(hidden)} fields of the project ({named}), which would be taken for blank. Nothing "
            "was changed. Give the token's user the data export right 'Full Data Set' on every instrument."
        )


def groups(client: Client, *, held: bool) -> None:
    """Raises Refused where REDCap leaves the column of the group out although the project has groups.

    It does so, without a word, for a token whose user is in a group and so sees only that group's records: all others
    would be taken for gone. `held`: the store has entries with a group.
    """
    try:
        there = bool(client.dags())
    except Refused:  # the right to see groups is not needed for anything else
        there = held
    if there:
        raise Refused(
            "The project has data access groups, but REDCap does not say which record is in which: the token's user is "
            "in a group, and sees no record of the others. Nothing was changed. Take that user out of its group."
        )


def answered(asked: Sequence[str], missing: Collection[str]) -> None:
    """Raises AnswerUnreadable where REDCap lists records and then returns none of them."""
    if len(asked) > 1 and len(missing) == len(asked):
        raise AnswerUnreadable(
            f"REDCap lists {len(asked)} records and returns none of them. Nothing was changed. The export rights of "
            "the token's user may hide record names: give it the full data set."
        )

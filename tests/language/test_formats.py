"""Numbers, days, months and lists, in English letter for letter and in others as their own rules have it (CLDR)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from breakthrough import language
from breakthrough.language import Language, speaking
from breakthrough.month import Month

DAY = dt.date(2026, 4, 21)
SPELLED: list[tuple[Callable[[], str], dict[str, str]]] = [
    (lambda: language.count(27_563), {"en_GB": "27,563", "de": "27.563", "fi": "27\u00a0563", "fr": "27\u202f563"}),
    (lambda: language.count(-3), {"en_GB": "−3", "de": "−3"}),
    (lambda: language.figure(6.849999, 1, "%"), {"en_GB": "6.8%", "de": "6,8%", "fi": "6,8%"}),
    (lambda: language.figure(1234.5, 2, " points"), {"en_GB": "1,234.50 points", "de": "1.234,50 points"}),
    (lambda: language.exact(6.5, "%"), {"en_GB": "6.5%", "de": "6,5%"}),
    (lambda: language.exact(1250), {"en_GB": "1,250", "de": "1.250"}),
    (lambda: language.trimmed(7.0), {"en_GB": "7", "de": "7"}),
    (lambda: language.trimmed(6.85), {"en_GB": "6.85", "de": "6,85"}),
    (lambda: language.score(3.5), {"en_GB": "3.5", "de": "3,5"}),
    (lambda: language.day(DAY), {"en_GB": "Tue 21 April", "de": "Di., 21. April", "fr": "mar. 21 avril"}),
    (lambda: language.short_day(DAY), {"en_GB": "21 April", "de": "21. April", "pl": "21 kwietnia"}),
    (lambda: language.brief_day(DAY), {"en_GB": "21 Apr", "fr": "21 avr."}),
    (lambda: language.brief_days(DAY, DAY.replace(day=30)), {"en_GB": "21–30 Apr", "fr": "21–30 avr."}),
    (
        lambda: language.brief_days(DAY, dt.date(2026, 5, 2)),
        {"en_GB": "21 Apr–2 May", "fr": "21 avr.\u2009–\u20092 mai"},
    ),
    (lambda: language.long_day(DAY), {"en_GB": "21 April 2026", "de": "21. April 2026"}),
    (lambda: language.stamp(dt.datetime(2026, 4, 2, 18, 5)), {"en_GB": "2 Apr 2026, 18:05", "de": "02.04.2026, 18:05"}),  # noqa: DTZ001 - by a server's clock
    (lambda: Month("2026-04").label, {"en_GB": "April 2026", "pl": "kwiecień 2026", "ja": "2026年4月"}),
    (lambda: Month("2026-03").word, {"en_GB": "March", "de": "März", "pl": "marzec"}),
    (lambda: Month("2026-03").short, {"en_GB": "Mar", "fr": "mars"}),
    (lambda: language.listed(["A", "B", "C"]), {"en_GB": "A, B and C", "de": "A, B und C", "fi": "A, B ja C"}),
    (lambda: language.listed(["A", "B"], "or"), {"en_GB": "A or B", "de": "A oder B"}),
    (lambda: language.listed([]), {"en_GB": "", "de": ""}),
    (lambda: language.of(27_563, 404_666), {"en_GB": "27,563 of 404,666"}),
    (lambda: language.spelled(7), {"en_GB": "seven"}),
    (lambda: language.spelled(13), {"en_GB": "13", "de": "13"}),
    (lambda: language.inside("Absence rate"), {"en_GB": "absence rate", "de": "Absence rate"}),
    (
        lambda: language.clauses("not in REDCap", "", "2 new fields", "moved"),
        {"en_GB": "not in REDCap; 2 new fields; moved"},
    ),
    (lambda: language.clauses("", ""), {"en_GB": ""}),
    (lambda: language.capital("absence"), {"en_GB": "Absence"}),
]


@pytest.mark.parametrize(
    ("said", "locale", "told"),
    [(said, locale, told) for said, every in SPELLED for locale, told in every.items()],
)
def test_every_language_spells_in_its_own_way(said: Callable[[], str], locale: str, told: str) -> None:
    with speaking(Language(locale)):
        assert said() == told


@pytest.mark.parametrize(
    ("locale", "tag", "leftwards"), [("en_GB", "en-GB", False), ("ar", "ar", True), ("pt_BR", "pt-BR", False)]
)
def test_a_page_is_told_which_language_it_has_and_which_way_it_runs(locale: str, tag: str, leftwards: bool) -> None:
    assert (Language(locale).tag, Language(locale).leftwards) == (tag, leftwards)

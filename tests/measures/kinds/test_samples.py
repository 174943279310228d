"""Samples are told with the definition, and asked about where they are smaller than agreed; never scaled up."""

from __future__ import annotations

from tests.measures import audits
from tests.measures.kinds.sets import DESIGN, of_counts, of_rows
from tests.measures.kinds.test_of_rows import visit
from tests.measures.sheets import form, frame, row

from breakthrough import measures
from breakthrough.measures import Doubt
from breakthrough.month import Month

SAMPLING = {"size": 20, "how": "first 20 charts of the month", "of": "all well visits"}
SHARE = {"numerator": "hit", "denominator": "seen"}


def test_a_sample_smaller_than_agreed_is_a_doubt_and_its_figure_stays_as_counted() -> None:
    what = of_counts(**SHARE, sampling=SAMPLING)
    entries = [form("T001", "2026-02", {"hit": 10, "seen": 20}, 1), form("T001", "2026-03", {"hit": 10, "seen": 19}, 2)]
    found = frame(entries, what=what)
    evidence = (
        "One, March 2026, stands on 19, and the sample should have 20 (first 20 charts of the month). "
        "Were there no more?"
    )
    assert measures.doubts(found, what) == (Doubt("T001", "one", Month("2026-03"), "small_sample", evidence),)
    one = row(found, "one", "2026-03")
    assert (one.numerator, one.denominator, one.value) == (10, 19, 1000 / 19)


def test_a_sample_of_case_rows_is_counted_by_rows() -> None:
    what = of_rows(numerator="[a] = '1'", denominator="[a] <> ''", sampling={"size": 2, "how": "every fifth"})
    rows = [visit(1, "2026-03-01", a="1"), visit(2, "2026-03-02", a=""), visit(3, "2026-02-01", a="1")]
    rows.append(visit(4, "2026-02-02", a="0"))
    doubts = measures.doubts(audits.frame(rows, what, design=DESIGN), what)
    assert [(one.code, one.month.name) for one in doubts] == [("small_sample", "2026-03")]


def test_no_sample_is_no_doubt_and_a_month_of_nobody_is_none() -> None:
    assert not measures.doubts(
        frame([form("T001", "2026-03", {"hit": 1, "seen": 3})], what=of_counts(**SHARE)), of_counts(**SHARE)
    )
    what = of_counts(**SHARE, sampling=SAMPLING)
    assert not measures.doubts(frame([form("T001", "2026-03", {"hit": 0, "seen": 0})], what=what), what)


def test_the_sample_in_words() -> None:
    measure = of_counts(**SHARE, sampling=SAMPLING).measures["one"]
    assert measure.sampling is not None
    assert measure.sampling.words == "20 each time (first 20 charts of the month), of all well visits"


def test_a_count_without_a_denominator_repeats_itself_as_counts_do() -> None:
    what = of_counts(type="count", numerator="hit")
    entries = [form("T001", f"2026-0{m}", {"hit": 34}, m) for m in (1, 2, 3)]
    (one,) = measures.doubts(frame(entries, what=what, until=Month("2026-03")), what)
    assert (one.code, one.evidence) == (
        "unchanged",
        "One was 34 in three months running, January 2026 to March 2026. Were the same counts sent again?",
    )


def test_medians_may_repeat_and_counts_of_events_have_no_usual_size() -> None:
    for keys in ({"type": "median", "value": "wait"}, {"type": "count", "numerator": "hit"}):
        what = of_counts(**keys)
        entries = [form("T001", f"2026-0{m}", {"wait": 12, "hit": hit}, m) for m, hit in enumerate((1, 2, 1, 30, 2), 1)]
        assert measures.doubts(frame(entries, what=what, until=Month("2026-05")), what) == ()

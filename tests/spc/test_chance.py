"""The exact joint distribution of crossings and longest run, and what the published limits rest on."""

from __future__ import annotations

from itertools import groupby, product
from statistics import NormalDist

import numpy as np
import pytest

from breakthrough import spc
from breakthrough.spc import boxes

SHIFTED = NormalDist().cdf(0.8)  # a point's chance to lie above the old median after a shift of 0.8 standard deviations

# Anhøj & Wentzel-Larsen 2020, PLoS ONE 15(6):e0233920, Table 1 and its data:
# points: (specificity of the Anhøj rules, the best box, the cut box), (their chance to miss a shift of 0.8 sd)
PUBLISHED = {
    10: ((0.955078125, 0.955078125, 0.9375), (0.6896754255841, 0.6896754255841, 0.6214210381808)),
    11: ((0.951171875, 0.94140625, 0.9296875), (0.6506754119666, 0.6112904624144, 0.5788804817791)),
    12: ((0.95703125, 0.932617187500, 0.932617187500), (0.6323041253801, 0.5608116123270, 0.5608116123270)),
    24: ((0.933760166168, 0.929273843765, 0.926575183868), (0.4354143273222, 0.4100186859185, 0.3916220071219)),
    36: ((0.914780532883, 0.937485100032, 0.929108586075), (0.2558435737172, 0.3034368722837, 0.2734502509347)),
    100: ((0.928524483089, 0.928524483089, 0.926535765637), (0.0521658073354, 0.0521658073354, 0.0490332343729)),
}


@pytest.fixture(scope="module")
def stable() -> list[spc.FloatArray]:
    return spc.joint_distributions(100)


@pytest.fixture(scope="module")
def shifted() -> list[spc.FloatArray]:
    return spc.joint_distributions(100, SHIFTED)


@pytest.mark.parametrize("above", [0.5, 0.7, 1.0])
@pytest.mark.parametrize("points", [1, 2, 5, 11])
def test_the_distribution_is_what_counting_every_sequence_gives(points: int, above: float) -> None:
    counted = np.zeros((points, points + 1))
    for sequence in product([True, False], repeat=points):
        lengths = [len(list(run)) for _, run in groupby(sequence)]
        counted[len(lengths) - 1, max(lengths)] += above ** sum(sequence) * (1 - above) ** (points - sum(sequence))
    assert spc.joint_distribution(points, above) == pytest.approx(counted, abs=1e-14)


def test_the_distribution_sums_to_one_at_a_hundred_points(stable: list[spc.FloatArray]) -> None:
    assert stable[100].sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("points", PUBLISHED, ids="Anhoej-and-Wentzel-Larsen-2020-table-1-N{}".format)
def test_false_and_missed_signals_of_the_rules_are_the_published_ones(
    points: int, stable: list[spc.FloatArray], shifted: list[spc.FloatArray]
) -> None:
    useful = np.array(points)
    for joint, published in zip((stable[points], shifted[points]), PUBLISHED[points], strict=True):
        quiet = tuple(
            probability_inside(joint, make(useful)) for make in (boxes.anhoej_box, boxes.best_box, boxes.cut_box)
        )
        assert quiet == pytest.approx(published, abs=1e-12)


def test_every_best_box_is_the_most_sensitive_one_with_a_specificity_of_92_5_percent(
    stable: list[spc.FloatArray], shifted: list[spc.FloatArray]
) -> None:
    for points in range(boxes.FIRST, boxes.LAST + 1):
        quiet, missed = box_probabilities(stable[points]), box_probabilities(shifted[points])
        allowed = (quiet >= 0.925) & (stable[points] > 0)
        crossings, longest = divmod(int(np.argmin(np.where(allowed, missed, np.inf))), quiet.shape[1])
        box = boxes.best_box(np.array(points))
        assert (int(box.crossings), int(box.longest)) == (crossings, longest), f"{points} points"


def test_every_cut_box_keeps_a_specificity_of_92_5_percent_and_lies_in_its_best_box(
    stable: list[spc.FloatArray],
) -> None:
    for points in range(boxes.FIRST, boxes.LAST + 1):
        best, cut = boxes.best_box(np.array(points)), boxes.cut_box(np.array(points))
        inside_cut, inside_best = probability_inside(stable[points], cut), probability_inside(stable[points], best)
        assert 0.925 <= inside_cut <= inside_best
        corner = stable[points][int(best.crossings), int(best.longest)]
        # Uncut only where the corner alone would cost too much.
        assert (inside_cut < inside_best) == (inside_best - corner >= 0.925), f"{points} points"


def test_the_distribution_refuses_what_is_no_probability() -> None:
    with pytest.raises(spc.InputError, match="probability from 0 to 1"):
        spc.joint_distribution(10, 1.5)
    with pytest.raises(spc.InputError, match="at least 1 point"):
        spc.joint_distribution(0)


def box_probabilities(joint: spc.FloatArray) -> spc.FloatArray:
    """P(C >= c and L <= l) at [c, l]."""
    at_least = np.cumsum(joint[::-1], axis=0)[::-1]
    return np.asarray(np.cumsum(at_least, axis=1))


def probability_inside(joint: spc.FloatArray, box: boxes.Box) -> float:
    crossings, longest = np.arange(joint.shape[0])[:, np.newaxis], np.arange(joint.shape[1])
    return float(joint[box.holds(crossings, longest)].sum())

"""Run charts, control charts and their signals, on arrays of series × periods. Needs NumPy and nothing else.

Knows no teams, no words and no drawing: those who call it bring the figures and tell what was found.

    from breakthrough import spc

    limits = spc.p_prime(numerator, denominator, base, multiply=100)
    found = spc.RULE_SETS["anhoej"].judge(limits)

Every chart takes arrays with periods along the last axis and NaN for a missing point, and a boolean `base`: the points
that centre and limits are computed from, which leaves out excluded points and those after a frozen baseline. Numbers
match qicharts2 0.8.1 and NHSRplotthedots 0.2.2, rounded constants included, save where a docstring says so.
"""

from __future__ import annotations

from breakthrough.spc.anhoej import Runs, runs
from breakthrough.spc.chance import (
    box_probability,
    fewest_crossings,
    joint_distribution,
    joint_distributions,
    longest_run_limit,
    runs_limits,
)
from breakthrough.spc.counts import c, p, p_prime, u, u_prime
from breakthrough.spc.errors import InputError
from breakthrough.spc.funnel import Funnel, funnel_p, funnel_u
from breakthrough.spc.ihi import number_of_runs_limits
from breakthrough.spc.individuals import i, i_prime, mr, run, run_centre, xmr
from breakthrough.spc.limits import Limits
from breakthrough.spc.nhs import Assurance, Pattern, Patterns, Variation, assurance, patterns, variation
from breakthrough.spc.phases import by_phase, cut, frozen, masks, runs_by_phase
from breakthrough.spc.rare import g, t
from breakthrough.spc.rules import RULE_SETS, Anhoej, Finding, Ihi, Judgement, Nhs, RuleSet
from breakthrough.spc.series import BoolArray, FloatArray, IntArray
from breakthrough.spc.subgrouped import Subgroups, s, subgroups, xbar

__all__ = [
    "RULE_SETS",
    "Anhoej",
    "Assurance",
    "BoolArray",
    "Finding",
    "FloatArray",
    "Funnel",
    "Ihi",
    "InputError",
    "IntArray",
    "Judgement",
    "Limits",
    "Nhs",
    "Pattern",
    "Patterns",
    "RuleSet",
    "Runs",
    "Subgroups",
    "Variation",
    "assurance",
    "box_probability",
    "by_phase",
    "c",
    "cut",
    "fewest_crossings",
    "frozen",
    "funnel_p",
    "funnel_u",
    "g",
    "i",
    "i_prime",
    "joint_distribution",
    "joint_distributions",
    "longest_run_limit",
    "masks",
    "mr",
    "number_of_runs_limits",
    "p",
    "p_prime",
    "patterns",
    "run",
    "run_centre",
    "runs",
    "runs_by_phase",
    "runs_limits",
    "s",
    "subgroups",
    "t",
    "u",
    "u_prime",
    "variation",
    "xbar",
    "xmr",
]

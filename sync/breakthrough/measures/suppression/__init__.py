"""One filter for all that readers see of other people's figures: rows, totals, and whatever is made of either.

Rows and totals of a month are judged together, and the same for all readers: `release`. A chart, a median, a funnel or
a sentence for a reader is made of `Release.rows` and `Release.line`, never of the results frame itself. The attacker it
withstands, and why, is told in docs/privacy.md.
"""

from breakthrough.measures.suppression.audience import COORDINATOR, Audience, audience, owned
from breakthrough.measures.suppression.families import family_of
from breakthrough.measures.suppression.release import EVERY, Groups, Release, release

__all__ = ["COORDINATOR", "EVERY", "Audience", "Groups", "Release", "audience", "family_of", "owned", "release"]

"""The documents of the closing congress: the closing report, the change package, a story for each team that agreed.

They are not among the reports of a month. All that is in them may be read by everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from breakthrough import measures
from breakthrough.content import Content
from breakthrough.measures.suppression import Audience, Release
from breakthrough.reporting import render, views
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import Harvest
from breakthrough.reporting.views.harvest import publishable
from breakthrough.worker import disclosure
from breakthrough.worker.edition import Edition

_READER = Audience("public")


@dataclass(frozen=True, slots=True)
class Closing:
    """What the documents are made of, and which there are: (kind, subject), in the order in which they are made."""

    harvest: Harvest
    documents: tuple[tuple[str, str], ...]

    def rendered(self, kind: str, subject: str, content: Content) -> Rendered:
        """One of the documents. Raises NothingToReport for a story that there is not, and what rendering raises."""
        match kind:
            case "closing":
                return render.closing(views.closing_report(self.harvest), content)
            case "change_package":
                return render.change_package(views.change_package(self.harvest), content)
            case _:
                return render.story(views.story(self.harvest, subject), content)


def closing(of: Edition) -> Closing:
    """The documents as they stand in that edition."""
    found = harvest(of)
    stories = (("story", team) for team in publishable(of.portfolio))
    return Closing(found, (("closing", found.code), ("change_package", found.code), *stories))


def harvest(of: Edition) -> Harvest:
    """The end of the collaborative, as readers get it who own no row.

    Every measure is judged for release, with what reports have told already of the aim's. The rows keep the teams' own
    codes: which names are printed is the views' business, and which rows are shown does not depend on names.
    """
    collaborative = of.collaborative
    release = disclosure.released(of.frame, collaborative, of.portfolio, of.told)
    rows = _by_code(release).rows(of.frame, _READER)
    used = [code for code, measure in collaborative.measures.items() if measure.in_use(of.occasion.month)]
    there = [code for code in used if bool((of.frame["measure"] == code).any())]
    return views.harvest(
        collaborative,
        of.portfolio,
        rows,
        measures.charts(rows[rows["measure"].isin(there)], collaborative),
        {code: release.line(measures.pooled(of.frame, collaborative, code), code, _READER) for code in there},
        code=of.code,
        occasion=of.occasion,
    )


def _by_code(release: Release) -> Release:
    privacy = release.collaborative.privacy.model_copy(update={"peer_names": "named"})
    return replace(release, collaborative=release.collaborative.model_copy(update={"privacy": privacy}))

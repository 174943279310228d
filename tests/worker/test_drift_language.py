"""The mail about drift speaks as reports do; what is the same drift does not hang on the language."""

from __future__ import annotations

import re

import pytest
from tests.reporting import pseudo
from tests.worker.test_drift import DAY, Site, clock, labelled, prepared, shown, site, with_field

from breakthrough.worker import drift

__all__ = ["clock", "prepared", "site"]


def speak(site: Site, locale: str) -> None:
    """Has the collaborative's reports speak that language from now on."""
    pseudo.written(site.folder / "reports" / "wording")
    path = site.here.content.collaborative(site.here.settings.collaborative)
    kept = [row for row in path.read_text(encoding="utf-8").splitlines() if not row.startswith("language:")]
    path.write_text("\n".join([f"language: {locale}", *kept, ""]), encoding="utf-8")


@pytest.mark.parametrize("kind", ["html", "plain"])
def test_reasons_and_what_was_not_seen_are_told_in_the_language_of_reports(site: Site, kind: str) -> None:
    speak(site, pseudo.LOCALE)
    morgan = site.person("morgan.lee")
    site.edit(morgan, with_field("tp_gossip", after="tp_name"))
    site.owner.save({"record_id": "T001", "tp_gossip": "They say so"})
    site.clock.now += DAY
    assert site.tick().failed == ()
    text = shown(site.mails[0], kind)
    assert "remove-field:tp_gossip" in text  # as it is typed
    assert re.search(r"⟦nóót dééfíínééd hééréé?⟧", text)
    for english in ("not defined here", "holds a value", "has no right to User Rights", "Field Note changes"):
        assert english not in text


def test_a_change_of_language_does_not_send_the_same_mail_again(site: Site) -> None:
    site.edit(site.person("morgan.lee"), labelled("tp_name", "One"))
    site.clock.now += DAY
    site.tick()
    assert len(site.mails) == 1
    english = drift.find(site.here, site.here.client(), "main", site.clock.now)
    speak(site, pseudo.LOCALE)
    with site.here.speaking():
        other = drift.find(site.here, site.here.client(), "main", site.clock.now)
    assert other.digest == english.digest
    assert [step.name for step in other.plan.steps] == [step.name for step in english.plan.steps]
    assert "becomes" in english.plan.steps[0].evidence
    assert "béécóómés" in other.plan.steps[0].evidence
    site.clock.now += DAY
    site.tick()
    assert len(site.mails) == 1

"""What belongs to others is scored, never passed on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from breakthrough import collaborative as collaboratives
from breakthrough.content import Content, shipped
from breakthrough.instruments import check, lint, profiles
from breakthrough.instruments import project as projects
from breakthrough.instruments.project import Project

PROFILES = sorted((shipped() / "instruments" / "profiles").glob("*.yaml"))
OTHERS = ("acic35", "mhi25", "psat40")
PLACEHOLDER = re.compile(r"Item \d of part \d[a-d]?: read from your licensed copy")


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project of a deployment that uses every assessment and has put no wording in."""
    folder = tmp_path_factory.mktemp("deployment")
    (folder / "instruments").mkdir()
    (folder / "instruments" / "project.yaml").write_text(
        f"tiers: [core, plus, optional]\ninstruments:\n  care_assessment: {{profiles: [systems_check, {', '.join(OTHERS)}]}}\n"
    )
    content = Content(folder)
    return projects.load(content, collaboratives.load(content.collaborative("absenteeism")))


def test_the_shipped_profiles_are_these_five() -> None:
    assert [path.stem for path in PROFILES] == ["acic35", "attendance_check", "mhi25", "psat40", "systems_check"]


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_a_profile_of_somebody_elses_instrument_holds_no_statement_and_no_anchor(path: Path) -> None:
    profile = profiles.load(Content(), path.stem)
    assert (profile.licence is None) == (path.stem in {"systems_check", "attendance_check"})
    if profile.licence:
        assert not profile.scale.labels
        assert not [part for part in profile.parts if part.statements]
        # Names of parts, as published everywhere, are the longest thing said of the content.
        assert all(len(part.title.split()) <= 7 for part in profile.parts)
        assert set(yaml.safe_load(path.read_text(encoding="utf-8"))) <= {
            "title", "about", "prefix", "structure", "licence", "scale", "parts", "needed", "total", "bands",
        }  # fmt: skip


def test_a_project_of_every_assessment_holds_and_lint_finds_nothing_in_it(assessed: Project) -> None:
    assert check.findings(assessed.fields) == ()
    assert lint.find(lint.Subject(assessed.fields)) == ()
    assert all(len(field.field_name) <= 26 for field in assessed.fields)


@pytest.mark.parametrize("name", OTHERS)
def test_every_item_of_theirs_is_blank_and_says_where_to_read_it(assessed: Project, name: str) -> None:
    profile = profiles.load(Content(), name)
    fields = {field.field_name: field for field in assessed.fields_of("care_assessment")}
    for item in profile.items:
        assert PLACEHOLDER.fullmatch(fields[item].field_label)
        assert fields[item].select_choices_or_calculations == ""
        assert fields[item].field_note == (
            f"{profile.scale.least} to {profile.scale.greatest}; leave blank what you cannot answer"
        )
        assert fields[item].branching_logic == f"[ca_profile] = '{name}'"


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("acic35", "copyright 2000 MacColl Center, Group Health Cooperative"),
        ("mhi25", "copyright Center for Medical Home Improvement"),
        ("psat40", "copyright Washington University in St. Louis"),
    ],
)
def test_the_owners_line_stands_on_the_form_and_with_the_scores(assessed: Project, name: str, owner: str) -> None:
    profile = profiles.load(Content(), name)
    (footer,) = (field for field in assessed.fields if field.field_name == profile.footer_field)
    assert owner in footer.field_label
    assert footer.branching_logic == f"[ca_profile] = '{name}'"
    assert owner in profiles.score(profile, {}).footer


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("mhi25", "has not been checked against the instrument"),
        ("psat40", "has not been checked against the instrument"),
        ("systems_check", "It has not been validated"),
    ],
)
def test_what_is_unverified_or_unvalidated_says_so_wherever_it_is_shown(name: str, warning: str) -> None:
    assert warning in profiles.score(profiles.load(Content(), name), {}).footer


def test_no_licensed_wording_lies_among_what_is_shipped() -> None:
    for folder in ("instruments", "config", "reports"):
        assert not [path for path in (shipped() / folder).rglob("*.csv") if path.parent.name == "wording"]
    assert not (shipped() / "wording").exists()


def test_the_scaffold_keeps_a_sites_wording_out_of_its_repository(tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    subprocess.run([git, "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text((shipped() / "config/scaffold/gitignore").read_text(encoding="utf-8"))

    def ignored(name: str) -> bool:
        return subprocess.run([git, "check-ignore", "-q", name], cwd=tmp_path, check=False).returncode == 0

    assert ignored("wording/acic35.csv")
    assert ignored("secrets/worker.token")
    assert not ignored("reports/wording/en.yaml")
    assert not ignored("instruments/project.yaml")

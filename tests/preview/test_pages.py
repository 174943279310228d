"""The set of pages: index, codebook, what a deployment changes, what stays out, and the command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.preview.browser import Browser
from tests.preview.conftest import NOW
from tests.preview.kitchen import BOOK

from breakthrough import collaborative
from breakthrough.cli import group
from breakthrough.content import Content
from breakthrough.errors import TemplateBroken
from breakthrough.instruments import dictionary, profiles, project
from breakthrough.instruments.preview import Book, pages


def test_there_is_a_page_for_each_instrument_and_the_index_leads_to_all(
    shipped: Book, shipped_pages: Mapping[str, str]
) -> None:
    names = {f"{one.name}.html" for one in shipped.instruments}
    assert set(shipped_pages) == names | {"codebook.html", "index.html"}
    linked = set(re.findall(r'href="([^"#]+)"', shipped_pages["index.html"]))
    assert linked == names | {"codebook.html"}


def test_every_link_between_pages_leads_somewhere(shipped_pages: Mapping[str, str]) -> None:
    for name, page in shipped_pages.items():
        body = page[page.index("<body") :]
        for file, anchor in re.findall(r'<a href="([^"#:]*)(#[^"]*)?"', body):
            target = shipped_pages[file or name]
            assert not anchor or f'id="{anchor[1:]}"' in target, (name, file, anchor)


def test_the_same_instruments_make_the_same_pages(shipped: Book, shipped_pages: Mapping[str, str]) -> None:
    assert pages(shipped, Content(), NOW) == shipped_pages


def test_pages_hold_no_address_but_links_of_their_own(shipped_pages: Mapping[str, str]) -> None:
    for page in shipped_pages.values():
        assert "http://" not in page
        assert "https://" not in page
        assert not re.search(r'<(?:link|img|iframe|object|embed)\b|src="', page)


def test_the_codebook_tells_all_of_every_field(shipped_pages: Mapping[str, str]) -> None:
    found = pages(BOOK, Content(), NOW)["codebook.html"]
    entry = found[found.index('id="field-fruit"') : found.index('id="field-two"')]
    words = re.sub(r"<[^>]+>", " ", entry)
    assert re.sub(r"\s+", " ", words).split("Which fruit?")[1].strip().startswith(
        "any of these 1 Apple 2 Pear 9 None of these @NONEOFTHEABOVE="
    )  # fmt: skip
    for needed in (
        "“Which fruit?” includes “Apple” or “Pear”", "[fruit(1)] = &#39;1&#39; or [fruit(2)] = &#39;1&#39;", "from 0 to 10",
        "date (DD-MM-YYYY)", "matrix m", "Worked out as <code>[whole] * 2</code>", '<span class="chip">required</span>',
    ):  # fmt: skip
        assert needed in found
    assert '<span class="chip who">identifier</span>' in shipped_pages["codebook.html"]


@pytest.mark.browser
def test_a_field_is_found_in_the_codebook_by_its_words(shipped_pages: Mapping[str, str], browser: Browser) -> None:
    script = """
    const box = document.getElementById("find");
    const seek = (text) => { box.value = text; box.dispatchEvent(new Event("input")); };
    seek("did your senior leader meet the team this month");
    const shown = [...document.querySelectorAll("[data-entry]")].filter(page.seen).map((one) => one.id);
    const told = page.text("#found");
    seek("");
    return [shown, told, [...document.querySelectorAll("[data-entry]")].every(page.seen)];"""
    assert browser.visit(shipped_pages["codebook.html"], script) == [["field-mr_leader_met"], "1 field", True]


def test_a_deployments_template_and_sheet_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "reports/templates/preview").mkdir(parents=True)
    (tmp_path / "reports/static/preview").mkdir(parents=True)
    own = '{% extends "shipped/preview/index.html.j2" %}{% block title %}Ours{% endblock %}'
    (tmp_path / "reports/templates/preview/index.html.j2").write_text(own)
    (tmp_path / "reports/static/preview/preview.css").write_text("body{color:navy}")
    found = pages(BOOK, Content(tmp_path), NOW)["index.html"]
    assert "<title>Ours – A made-up project</title>" in found
    assert "body{color:navy}" in found
    (tmp_path / "reports/templates/preview/index.html.j2").write_text("{{ nothing.there }}")
    with pytest.raises(TemplateBroken, match=r"index\.html\.j2"):
        pages(BOOK, Content(tmp_path), NOW)


def test_the_command_lists_shows_and_writes(tmp_path: Path) -> None:
    run = CliRunner()
    listed = run.invoke(group, ["instruments", "list"])
    assert re.search(r"^pdsa_cycle +\d+  team +repeating +Tests of change$", listed.output, re.MULTILINE)
    shown = run.invoke(group, ["instruments", "show", "pdsa_cycle"]).output
    assert "  pd_met (radio): Was it as you predicted?\n      1 = As predicted\n" in shown
    assert "      only if [pd_end] <> ''" in shown
    done = run.invoke(group, ["instruments", "preview", "pdsa_cycle", "--to", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"pdsa_cycle.html", "codebook.html", "index.html"}
    written = (tmp_path / "out/pdsa_cycle.html").read_text(encoding="utf-8")
    assert set(re.findall(r'<a href="([a-z_]+\.html)', written)) == {"index.html", "codebook.html"}
    unknown = run.invoke(group, ["instruments", "show", "pdsa"])
    assert unknown.exit_code == 2
    assert "There is no instrument 'pdsa'" in unknown.output


def test_any_dictionary_can_be_previewed(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.csv"
    file.write_text(
        "Variable / Field Name,Form Name,Section Header,Field Type,Field Label\nid,my_form,,text,Number\nage,my_form,,text,Age\n"
    )
    assert len(dictionary.read(file)) == 2
    done = CliRunner().invoke(group, ["instruments", "preview", "--dictionary", str(file), "--to", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "<h1>My form</h1>" in (tmp_path / "my_form.html").read_text()


def test_a_sites_licensed_wording_never_enters_a_page(tmp_path: Path) -> None:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "wording").mkdir()
    (tmp_path / "instruments/project.yaml").write_text("instruments: {care_assessment: {profiles: [acic35]}}\n")
    profile = profiles.load(Content(), "acic35")
    rows = [f"{part.code},{item},LICENSED TEXT" for part in profile.parts for item in range(1, part.size + 1)]
    (tmp_path / "wording/acic35.csv").write_text("\n".join(["part,item,text", *rows]) + "\n")
    content = Content(tmp_path)
    decided = collaborative.load(content.collaborative("absenteeism"))
    loaded = project.load(content, decided, tiers=project.EVERY_TIER)
    assert any(one.field_label == "LICENSED TEXT" for one in loaded.worded().fields)  # it is there, for REDCap
    found = pages(Book.of(loaded, "Ours"), content, NOW)
    assert found["care_assessment.html"].count("read from your licensed copy") >= len(rows)
    assert not [name for name, page in found.items() if "LICENSED TEXT" in page]

"""A form page in a real browser: what a person sees, answers and is told."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from tests.preview.browser import Browser
from tests.preview.kitchen import field, page, text

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def everything() -> str:
    return page()


def test_answers_show_and_hide_questions_and_a_hidden_answer_counts_as_blank(everything: str, browser: Browser) -> None:
    script = """
    const seen = () => ["why", "deep"].map(page.shown);
    const found = [seen()];
    page.set("fruit", ["1"]); found.push(seen());
    page.set("why", "sweet"); found.push(seen());
    page.set("fruit", []); found.push(seen(), document.getElementById("news").textContent);
    page.set("fruit", ["2"]); found.push(seen(), page.value("why"));
    return found;"""
    hidden = "2 questions are hidden. REDCap would ask whether to erase the answer to “Why …?”."
    assert browser.visit(everything, script) == [
        [False, False], [True, False], [True, True], [False, False], hidden, [True, True], "sweet",
    ]  # fmt: skip


def test_a_section_is_there_only_while_a_question_of_it_is(everything: str, browser: Browser) -> None:
    script = """
    const heading = [...document.querySelectorAll("h2")].find((one) => one.textContent === "Only in the south");
    const found = [page.seen(heading)];
    page.elsewhere("site", "s");
    return [...found, page.seen(heading), page.shown("abroad")];"""
    assert browser.visit(everything, script) == [False, True, True]


def test_calculations_follow_the_answers(everything: str, browser: Browser) -> None:
    script = """
    const worked = () => [page.text("#f-total"), page.value("said"), page.value("later")];
    const found = [worked()];
    page.set("whole", "7"); page.set("sure", "0"); page.set("on_ymd", "2026-02-24");
    return [...found, worked()];"""
    assert browser.visit(everything, script) == [["", "sure", ""], ["14", "unsure", "03-03-2026"]]


def test_labels_show_what_was_answered_elsewhere_on_the_page_and_beyond_it(everything: str, browser: Browser) -> None:
    script = """
    const found = [page.text("#l-read")];
    page.set("title", "Hello"); page.set("kind", "2"); page.set("mood", "70");
    page.elsewhere("site", "n"); page.elsewhere("[user-name]", "jo");
    page.set("fruit", ["1", "2"]);
    return [...found, page.text("#l-read"), page.text("#l-why")];"""
    assert browser.visit(everything, script) == [
        "You wrote ______, kind ______ (______), mood ______, at ______, by ______. Be [prose].",
        "You wrote Hello, kind Two (2), mood 70, at North, by jo. Be [prose].",
        "Why Apple, Pear?",
    ]


@pytest.mark.parametrize(
    ("name", "good", "bad", "words"),
    [
        ("on_ymd", "2026-03-01", "2026-02-30", "Write a date as YYYY-MM-DD, such as 2026-03-21."),
        ("on_dmy", "28-02-2026", "2026-02-28", "Write a date as DD-MM-YYYY, such as 21-03-2026."),
        ("at", "02-28-2026 9:05", "02-28-2026 25:00", "Write a date and a time as MM-DD-YYYY HH:MM"),
        ("clock", "09:30", "9.30", "Write a time as HH:MM"),
        ("whole", "-3", "3.5", "Write a whole number, such as 42."),
        ("must_fit", ".5", "1,5", "Write a number, with a decimal point if it has one, such as 12.5."),
        ("comma", "1,5", "1.5", "Write a number with 1 decimal place, such as 12,5."),
        ("mail", "jo@school.example", "jo@school", "Write an email address, such as jo@school.example."),
    ],
)
def test_what_cannot_be_read_is_said_in_words_when_the_box_is_left(
    everything: str, browser: Browser, name: str, good: str, bad: str, words: str
) -> None:
    script = f"""
    page.set("{name}", "{bad}"); await page.pause();
    const found = [page.said("{name}"), page.boxes("{name}")[0].getAttribute("aria-invalid")];
    page.set("{name}", "{good}"); await page.pause();
    return [...found, page.said("{name}").includes("cannot be read"), page.boxes("{name}")[0].hasAttribute("aria-invalid")];"""
    told, invalid, still, marked = browser.visit(everything, script)
    assert told.startswith(f"This cannot be read. {words}")
    assert (invalid, still, marked) == ("true", False, False)


def test_a_value_out_of_range_is_doubted_and_with_the_tag_refused(everything: str, browser: Browser) -> None:
    script = """
    const say = async (name, value) => { page.set(name, value); await page.pause(); return page.said(name); };
    return [await say("whole", "11"), await say("whole", "10"), await say("must_fit", "10.5"), await say("must_fit", "9"),
            await say("on_ymd", "2025-12-31"), await say("clock", "7:59"), await say("own_rule", "anything")];"""
    doubt = "This is outside what is expected ({}). It can be saved; please look at it again."
    found = browser.visit(everything, script)
    assert found[:4] == [doubt.format("0 to 10"), "", "This has to be up to 10.", ""]
    assert re.fullmatch(re.escape(doubt).replace(r"\{\}", r"2026-01-01 to \d{4}-\d\d-\d\d"), found[4])
    assert found[5:] == [doubt.format("from 08:00"), ""]


def test_action_tags_do_what_they_do_in_redcap(everything: str, browser: Browser) -> None:
    script = """
    const ticked = (name) => page.boxes(name).filter((box) => box.checked).map((box) => box.value);
    const found = { hidden: page.shown("secret"), paper: page.shown("not_paper"), locked: [page.value("locked"), page.boxes("locked")[0].readOnly] };
    found.sure = ticked("sure");
    found.day = page.value("day"); found.user = page.value("user");
    found.kinds = [...page.boxes("kind")[0].options].map((option) => option.text);
    found.placeholder = page.boxes("title")[0].placeholder; found.limit = page.boxes("title")[0].maxLength;
    found.atFirst = [page.shown("if_blank"), page.boxes("if_blank")[0].readOnly];
    page.set("fruit", ["1", "2"]); page.boxes("fruit")[2].click(); found.none = ticked("fruit"); found.told = page.said("fruit");
    page.boxes("fruit")[0].click(); found.back = ticked("fruit");
    page.set("two", ["a", "b"]); found.third = page.boxes("two")[2].disabled;
    page.set("two", ["a"]); found.freed = page.boxes("two")[2].disabled;
    page.set("title", "12345"); found.room = page.text('[data-room="title"]');
    page.set("story", "one two three four five six"); found.words = page.text('[data-room="story"]');
    return found;"""
    found = browser.visit(everything, script)
    assert abs(dt.date.fromisoformat(found.pop("day")) - dt.date.today()) <= dt.timedelta(days=1)  # noqa: DTZ011 - the browser's day
    assert found == {
        "hidden": False, "paper": True, "locked": ["kept", True], "sure": ["1"], "user": "your user name",
        "kinds": ["", "One", "Two"], "placeholder": "Say it", "limit": 20, "atFirst": [True, True], "none": ["9"],
        "told": "“None of these” stands alone; REDCap asks before it clears the rest.", "back": ["1"], "third": True,
        "freed": False, "room": "15 characters left", "words": "1 word too many",
    }  # fmt: skip


@pytest.mark.parametrize("width", [800, 360], ids=["wide", "phone"])
def test_a_matrix_can_be_answered_at_any_width(everything: str, browser: Browser, width: int) -> None:
    script = """
    const labels = () => [...document.querySelectorAll("#q-m1 label")].filter((one) => one.offsetWidth > 5).map((one) => one.textContent);
    const found = [page.shown("m2"), labels()];
    page.boxes("m1")[0].click();
    page.boxes("r1")[1].click(); page.boxes("r2")[1].click();
    const root = document.documentElement;
    return [...found, page.shown("m2"), page.boxes("r1").map((b) => b.checked), page.boxes("r2").map((b) => b.checked),
            root.scrollWidth <= root.clientWidth];"""
    labels = ["Never", "Sometimes", "Always"] if width == 360 else []
    ranks = [False, False, False], [False, True, False]
    assert browser.visit(everything, script, width=width) == [False, labels, True, *ranks, True]


def test_an_embedded_field_stands_in_its_text_and_nowhere_else(everything: str, browser: Browser) -> None:
    script = """
    const host = page.field("host");
    const found = [host.contains(page.field("inner")), document.querySelectorAll('[name="inner"]').length, page.shown("gone")];
    page.set("inner", "11"); found.push(page.shown("gone"));
    page.set("inner", "130"); await page.pause(); found.push(page.said("inner") !== "", page.text("#q-host"));
    found.push(page.field("choice").contains(page.field("other")), page.boxes("other")[0].closest("label") === null);
    found.push(page.boxes("other")[0].getAttribute("aria-label"));
    return found;"""
    found = browser.visit(everything, script)
    assert found[:5] == [True, 1, False, True, True]
    assert re.fullmatch(r"I am .* years and tall\.", found[5])
    assert found[6:] == [True, True, "Which other?"]


def test_a_slider_has_no_value_until_it_is_moved(everything: str, browser: Browser) -> None:
    script = """
    const state = () => [page.text('[data-value="mood"]'), page.text("#l-read").includes("mood ______")];
    const found = [state()];
    page.set("mood", "30"); found.push(state());
    page.click('[data-reset="mood"]'); found.push(state());
    return found;"""
    start = ["Not answered: move the handle", True]
    assert browser.visit(everything, script) == [start, ["30", False], start]


def test_what_saving_would_ask_is_listed_with_links(everything: str, browser: Browser) -> None:
    script = """
    const told = () => { page.click("#check"); return page.text("#checked"); };
    page.set("mail", "jo"); const found = [told(), document.querySelector("#checked a").getAttribute("href")];
    page.set("mail", ""); page.set("title", "There"); return [...found, told()];"""
    assert browser.visit(everything, script) == [
        "REDCap would ask for these 2 answers (and save the rest): Title must have a value Mail cannot be read",
        "#q-title",
        "Nothing is missing: REDCap would save this page.",
    ]


def test_logic_that_cannot_be_read_is_said_and_its_field_shown(everything: str, browser: Browser) -> None:
    script = 'return [page.shown("broken"), page.said("broken")];'
    told = "The logic of this field cannot be read."
    assert browser.visit(everything, script) == [True, told]


def test_hidden_questions_can_be_looked_at_with_the_reason_in_words(everything: str, browser: Browser) -> None:
    script = """
    page.click("#show-all");
    return [page.shown("deep"), page.shown("secret"), page.text("#q-deep .only"), page.text("#q-why .only")];"""
    assert browser.visit(everything, script) == [
        True, True, "Only if “Why …?” is answered", "Only if “Which fruit?” includes “Apple” or “Pear”",
    ]  # fmt: skip


def test_start_again_takes_everything_back(everything: str, browser: Browser) -> None:
    script = """
    page.set("title", "x"); page.set("sure", "0"); page.set("fruit", ["1"]); page.set("mood", "3"); page.set("mail", "jo");
    page.click("#start-again"); await page.pause();
    return [page.value("title"), page.boxes("sure")[0].checked, page.shown("why"), page.text('[data-value="mood"]'), page.said("mail")];"""
    assert browser.visit(everything, script) == ["", True, False, "Not answered: move the handle", ""]


def test_on_paper_every_choice_and_every_question_is_there_with_its_condition(
    everything: str, browser: Browser
) -> None:
    script = """
    const ground = window.getComputedStyle(document.body).backgroundColor;
    return [["deep", "abroad", "m2", "secret", "not_paper"].map(page.shown), page.text("#q-kind .paper"), page.text("#q-deep .only"),
            page.seen(document.querySelector(".tools")), page.seen(document.getElementById("f-kind")), ground];"""
    for dark in (False, True):
        assert browser.visit(everything, script, dark=dark, medium="print") == [
            [True, True, True, False, False], "One Two", "Only if “Why …?” is answered", False, False, "rgb(255, 255, 255)",
        ]  # fmt: skip


def test_nothing_is_fetched_stored_or_sent_and_the_pages_policy_is_kept(everything: str, browser: Browser) -> None:
    script = """
    const broken = [];
    document.addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective));
    page.set("title", "x"); page.click("#check"); document.getElementById("form").requestSubmit(); await page.pause();
    const fetched = window.performance.getEntriesByType("resource").filter((one) => !one.name.startsWith("data:")).length;
    const probe = document.createElement("script"); probe.textContent = "window.ran = true"; document.head.append(probe);
    const image = document.createElement("img"); image.src = "http://127.0.0.1:9/x.png"; document.body.append(image); await page.pause();
    return [fetched, window.ran === undefined, document.cookie, broken, page.value("title")];"""
    assert browser.visit(everything, script) == [0, True, "", ["script-src-elem", "img-src"], "x"]


def test_a_form_can_be_filled_in_by_keyboard_alone(everything: str, browser: Browser) -> None:
    browser.visit(everything, 'page.boxes("fruit")[0].focus();')
    at = "return (document.activeElement.name || document.activeElement.id) + ':' + document.activeElement.value;"
    browser.press(" ")
    seen = [browser.run(at)]
    for _ in range(3):
        browser.press("Tab")
        seen.append(browser.run(at))
    assert seen == ["fruit:1", "fruit:2", "fruit:9", "two:a"]
    assert browser.run('return page.shown("why");') is True
    browser.run('page.boxes("sure")[0].focus();')
    browser.press("ArrowDown")
    assert browser.run('return page.value("said");') == "unsure"
    browser.run('page.boxes("mood")[0].focus();')
    browser.press("ArrowRight")
    assert browser.run("return page.text('[data-value=\"mood\"]');") == "51"


def test_a_ring_of_branching_does_not_hang_the_page(browser: Browser) -> None:
    ring = page(
        field("one", label="One", branching_logic="[two] = ''", field_annotation="@DEFAULT='x'"),
        field("two", label="Two", branching_logic="[one] = ''", field_annotation="@DEFAULT='x'"),
        text("three", "integer"),
    )
    assert browser.visit(ring, 'page.set("three", "1"); return page.shown("three");') is True

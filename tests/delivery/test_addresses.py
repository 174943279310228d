"""Addresses as people type them into REDCap, and what may be made of them."""

from __future__ import annotations

import pytest

from breakthrough.delivery import addresses
from breakthrough.errors import MailError


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        pytest.param("rachel@example.org", "rachel@example.org", id="plain"),
        pytest.param("  Rachel.Green@Example.ORG ", "Rachel.Green@example.org", id="the local part keeps its capitals"),
        pytest.param("a+team@schools.example", "a+team@schools.example", id="a tag"),
        pytest.param("o'neil@example.org", "o'neil@example.org", id="an apostrophe is allowed"),
        pytest.param("eva@münchen.example", "eva@xn--mnchen-3ya.example", id="a domain beyond ASCII"),
        pytest.param("eva@straße.example", "eva@xn--strae-oqa.example", id="IDNA 2008: not strasse, another owner's"),
    ],
)
def test_an_address_is_written_as_mail_servers_want_it(typed: str, written: str) -> None:
    assert addresses.canonical(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("rachel", id="no domain"),
        pytest.param("@example.org", id="no local part"),
        pytest.param("a@b.org, evil@x.org", id="two, the second smuggled in"),
        pytest.param("a@b@c.org", id="two at signs"),
        pytest.param("a@b.org\r\nBcc: evil@x.org", id="a header smuggled in"),
        pytest.param("a b@c.org", id="a blank"),
        pytest.param("żółć@example.org", id="a local part beyond ASCII needs a server that few have"),
        pytest.param("a@-b.org", id="a label cannot begin with a hyphen"),
        pytest.param("a@b..org", id="an empty label"),
        pytest.param(".a@b.org", id="a dot in front"),
        pytest.param(f"{'a' * 65}@b.org", id="local part too long"),
        pytest.param("<a@b.org>", id="in angle brackets"),
    ],
)
def test_what_is_not_one_plain_address_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(MailError) as refused:
        addresses.canonical(typed)
    assert not typed or typed.strip() not in str(refused.value)
    assert "Correct it in REDCap" in str(refused.value)


@pytest.mark.parametrize("sign", ["\r", "\n", "\x0b", "\x0c", "\x00", "\x85", "\u2028", "\u2029", "\ud800"])
def test_a_name_with_a_line_break_or_control_character_is_refused(sign: str) -> None:
    with pytest.raises(MailError, match="line break or a control character"):
        addresses.mailbox(f"Rachel{sign}Bcc: evil@x.org", "rachel@example.org")


def test_a_name_holds_nothing_that_turns_the_address_beside_it_round() -> None:
    assert addresses.mailbox("Eva\u202e \u2066Moss\u00ad", "eva@example.org").display_name == "Eva Moss"
    assert addresses.mailbox("علی\u200cرضا", "a@example.org").display_name == "علی\u200cرضا"


def test_two_spellings_of_one_address_are_the_same() -> None:
    assert addresses.same("Eva@MÜNCHEN.example") == addresses.same("eva@xn--mnchen-3ya.example ")
    assert addresses.same("not an address") == "not an address"


def test_the_sender_is_read_from_the_settings_as_name_and_address() -> None:
    assert (
        str(addresses.sender("Attendance reports <reports@example.org>")) == "Attendance reports <reports@example.org>"
    )
    assert addresses.sender('"Reports, monthly" <reports@example.org>').display_name == "Reports, monthly"
    assert addresses.sender("reports@example.org").addr_spec == "reports@example.org"
    with pytest.raises(MailError, match=r"mail\.sender"):
        addresses.sender("a@b.org, c@d.org")
    with pytest.raises(MailError, match=r"mail\.sender"):
        addresses.sender("")


def test_a_very_long_name_is_cut_since_it_is_a_courtesy() -> None:
    assert addresses.mailbox("x" * 5000, "a@b.org").display_name == "x" * 99 + "…"

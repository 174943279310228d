"""What is advised on a sender's domain, against a real name server on this computer."""

from __future__ import annotations

import base64

import pytest
from tests.checks.nameserver import Zone, serving

from breakthrough.settings import Mail
from breakthrough.worker.checks import Finding
from breakthrough.worker.checks.domain import advice, key

MX = {("uni.edu", "MX"): ["10 mx.uni.edu."]}
GOOD = {**MX, ("uni.edu", "TXT"): ['"v=spf1 mx -all"'], ("_dmarc.uni.edu", "TXT"): ['"v=DMARC1; p=reject"']}


def advised(zone: Zone, sender: str = "reports@uni.edu", bounce: str | None = None) -> list[tuple[str, str]]:
    mail = Mail(host="mx.uni.edu", sender=f"Reports <{sender}>", bounce=bounce)
    with serving(zone) as ask:
        return [(one.level, one.said) for one in advice(mail, ask)]


def test_a_domain_with_everything_is_good() -> None:
    assert advised(GOOD) == [
        ("good", "uni.edu has one SPF record, which takes 1 of 10 lookups."),
        ("good", "uni.edu has a DMARC policy: what fails is turned away (p=reject)."),
    ]


def test_a_domain_without_spf_and_dmarc_is_advised_to_have_them() -> None:
    assert [level for level, _ in advised(MX)] == ["advice", "advice"]


def test_two_spf_records_are_wrong_as_receivers_take_none() -> None:
    zone = GOOD | {("uni.edu", "TXT"): ['"v=spf1 mx -all"', '"v=spf1 ip4:192.0.2.1 -all"', '"other=text"']}
    assert ("wrong", "uni.edu has 2 SPF records. Receivers then take none of them (RFC 7208 §4.5).") in advised(zone)


def test_the_parts_of_a_long_record_are_one() -> None:
    zone = GOOD | {("uni.edu", "TXT"): ['"v=spf1 ip4:192.0.2.1 i" "nclude:a.edu -all"'], ("a.edu", "TXT"): ['"v=spf1"']}
    assert advised(zone)[0] == ("good", "uni.edu has one SPF record, which takes 1 of 10 lookups.")


@pytest.mark.parametrize(("inner", "level"), [(8, "good"), (9, "good"), (10, "wrong")])
def test_lookups_are_counted_through_what_is_included(inner: int, level: str) -> None:
    """RFC 7208 §4.6.4: ten at the most; the include itself is one of them."""
    within = " ".join(f"a:h{number}.uni.edu" for number in range(inner))
    zone = GOOD | {
        ("uni.edu", "TXT"): ['"v=spf1 include:_spf.uni.edu ~all"'],
        ("_spf.uni.edu", "TXT"): [f'"v=spf1 {within}"'],
    }
    assert advised(zone)[0][0] == level


def test_records_that_include_each_other_are_wrong_and_end() -> None:
    zone = GOOD | {("uni.edu", "TXT"): ['"v=spf1 include:a.edu -all"'], ("a.edu", "TXT"): ['"v=spf1 include:uni.edu"']}
    assert advised(zone)[0][0] == "wrong"


@pytest.mark.parametrize("record", ["v=spf1 mx +all", "v=spf1 mx all", "v=spf1 mx ALL"])
def test_a_record_that_lets_everybody_send_is_advised_against(record: str) -> None:
    assert advised(GOOD | {("uni.edu", "TXT"): [f'"{record}"']})[0][0] == "advice"


def test_spf_is_that_of_the_envelope_and_dmarc_that_of_the_sender() -> None:
    zone = GOOD | {("bounce.org", "TXT"): ['"v=spf1 -all"'], ("bounce.org", "A"): ["192.0.2.7"]}
    said = [words for _, words in advised(zone, bounce="back@bounce.org")]
    assert said[0].startswith("bounce.org has one SPF record")
    assert said[1].startswith("uni.edu has a DMARC policy")


def test_a_policy_of_the_domain_above_holds_with_its_policy_for_those_below() -> None:
    zone = {
        ("mail.uni.edu", "A"): ["192.0.2.7"],
        ("mail.uni.edu", "TXT"): ['"v=spf1 a -all"'],
        ("_dmarc.uni.edu", "TXT"): ['"v=DMARC1; p=reject; sp=none"'],
    }
    assert ("good", "uni.edu has a DMARC policy: receivers are asked to do nothing (p=none).") in advised(
        zone, "reports@mail.uni.edu"
    )


def test_a_dmarc_record_without_a_known_policy_is_wrong() -> None:
    assert advised(GOOD | {("_dmarc.uni.edu", "TXT"): ['"v=DMARC1; p=perhaps"']})[1][0] == "wrong"


def test_a_domain_that_takes_no_mail_is_told() -> None:
    assert advised(GOOD | {("uni.edu", "MX"): ["0 ."]})[-1][0] == "advice"


def test_a_domain_that_the_dns_does_not_know_is_unknown_and_nothing_more_is_said_of_it() -> None:
    assert advised({}) == [("unknown", "The DNS that this computer asks knows nothing of uni.edu.")]


def test_a_dns_that_does_not_answer_is_no_fault() -> None:
    mail = Mail(host="mx.uni.edu", sender="reports@uni.edu")
    with serving({}, mute=True) as ask:
        (found,) = advice(mail, ask)
    assert (found.level, found.said) == ("unknown", "The DNS of uni.edu could not be looked up from here.")


def keyed(*records: str) -> Finding:
    name = ("s1._domainkey.uni.edu", "TXT")
    with serving({name: [f'"{one}"' for one in records]} if records else {}) as ask:
        (found,) = key("uni.edu", "s1", ask)
    return found


LONG = base64.b64encode(bytes(150)).decode() + '" "' + base64.b64encode(bytes(144)).decode()  # 294 bytes: 2048 bits


@pytest.mark.parametrize(
    ("records", "level"),
    [
        (["v=DKIM1; k=rsa; p=" + LONG], "good"),
        (["v=DKIM1; p=" + base64.b64encode(bytes(162)).decode()], "advice"),  # 1024 bits
        (["v=DKIM1; k=ed25519; p=" + base64.b64encode(bytes(32)).decode()], "good"),
        (["v=DKIM1; p="], "wrong"),  # taken back
        (["v=DKIM1; p=*!"], "wrong"),
        ([], "wrong"),
        (["v=DKIM1; p=AAAA", "v=DKIM1; p=BBBB"], "wrong"),
    ],
    ids=["long", "short", "ed25519", "revoked", "damaged", "absent", "two"],
)
def test_a_key_for_signatures_is_looked_up_under_its_selector(records: list[str], level: str) -> None:
    assert keyed(*records).level == level


def test_the_key_is_looked_up_only_where_mails_are_signed() -> None:
    assert not [said for _, said in advised(GOOD) if "DKIM" in said]

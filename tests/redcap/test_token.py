"""The token travels in the request's body and is seen nowhere else."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback

import pytest
from tests.redcap.conftest import Clock, RawServer, reply
from tests.redcap.test_transport import BUSY, JSON

from breakthrough.errors import RedcapError, SettingInvalid
from breakthrough.redcap.client import Client


@pytest.mark.parametrize("answer", [BUSY, None, b"", reply(200, JSON, b"["), reply(403, JSON, b'{"error":"%s no"}')])
def test_the_token_is_in_no_error_no_log_and_no_representation(
    server: RawServer, token: str, caplog: pytest.LogCaptureFixture, answer: bytes | None
) -> None:
    caplog.set_level(logging.DEBUG)
    server.replies = [answer and answer.replace(b"%s", token.encode())]
    client = Client(server.url, token, timeout=(0.2, 0.2), hosts=Clock().hosts())

    with pytest.raises(RedcapError) as caught:
        client.info()

    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown = "".join(told.format()) + caplog.text
    assert server.asked[0]["token"] == token
    assert "payload = " in shown  # the locals are really there
    assert token not in shown.replace("token = '" + token, "")  # this test's own
    assert token not in repr(client) + str(client) + repr(vars(client)) + repr(vars(client._project))


def test_no_error_leads_back_to_the_request(server: RawServer, token: str) -> None:
    """Its body is the token's last hiding place, also in the frames of the libraries below us."""
    server.replies = [b""]
    client = Client(server.url, token, hosts=Clock().hosts())

    with pytest.raises(RedcapError) as caught:
        client.info()

    one: BaseException | None = caught.value.__cause__
    assert one is not None
    while one is not None:
        assert getattr(one, "request", None) is None
        assert one.__traceback__ is None
        one = one.__cause__ or one.__context__


@pytest.mark.parametrize("store", [pickle.dumps, lambda client: pickle.dumps(client._project)])
def test_a_client_cannot_be_stored_or_sent_to_another_process(token: str, store: object) -> None:
    client = Client("https://redcap.example.org/api/", token)

    with pytest.raises(TypeError) as caught:
        store(client)  # type: ignore[operator]

    assert token not in str(caught.value)


def test_a_copy_of_what_a_client_knows_shows_no_more_than_the_client(token: str) -> None:
    client = Client("https://redcap.example.org/api/", token)

    assert token not in repr(copy.copy(vars(client._project))) + repr(copy.deepcopy({"token": client._project.token}))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("9A59B7DE35E3DE5A3D9F0B1C2D3E4F5", "this has 31"),
        ("9A59B7DE35E3DE5A3D9F0B1C2D3E4F5G", "0-9 and A-F"),
        ("9A59B7DE35E3DE5A3D9F0B1C2D3E4F50\n", "line ends"),
        ("", "this has 0"),
        ("9A59B7DE35E3DE5A" * 4, "super token"),
    ],
)
def test_a_malformed_token_is_refused_without_being_shown(wrong: str, words: str) -> None:
    with pytest.raises(SettingInvalid, match=words) as caught:
        Client("https://redcap.example.org/api/", wrong)

    assert not wrong or wrong.strip() not in "".join(traceback.format_exception(caught.value))

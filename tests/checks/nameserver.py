"""A name server on this computer, over UDP, that knows what a test tells it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from breakthrough.worker.checks.names import Ask, Servers, asking

Zone = Mapping[tuple[str, str], Sequence[str]]  # (name, kind) → records as a zone file has them


@contextmanager
def serving(zone: Zone, *, mute: bool = False) -> Iterator[Ask]:
    """A function that asks the server about that zone; `mute`: it fails at every question."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            sock.sendto(_answer(dns.message.from_wire(data), zone, mute=mute).to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield asking(Servers(("127.0.0.1",), server.server_address[1]))
        finally:
            server.shutdown()
            thread.join()


def _answer(query: dns.message.Message, zone: Zone, *, mute: bool) -> dns.message.Message:
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    question = query.question[0]
    name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
    if mute:
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif found := zone.get((name, kind)):
        answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, found))
    elif name not in {one for one, _ in zone}:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer

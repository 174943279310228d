"""The ledger of mails: what is to be sent, what was, and what nobody can know; each under a key that exists once.

SMTP cannot promise "exactly once"; this ledger can: what is certain happens once, what is not is shown and left to a
person. `values` tells the states, `ledger` puts mails in and lists them, `sending` hands them to the mail server,
`deciding` is what people decide about them.
"""

from breakthrough.delivery.outbox.deciding import cancel, release, resend
from breakthrough.delivery.outbox.ledger import enqueue, held_until, keys, listing, moments, put, supersede
from breakthrough.delivery.outbox.pace import Pace
from breakthrough.delivery.outbox.sending import WhyNot, send_due
from breakthrough.delivery.outbox.values import LEASE, STATES, Item, Line, Sent, State, Transport

__all__ = [
    "LEASE",
    "STATES",
    "Item",
    "Line",
    "Pace",
    "Sent",
    "State",
    "Transport",
    "WhyNot",
    "cancel",
    "enqueue",
    "held_until",
    "keys",
    "listing",
    "moments",
    "put",
    "release",
    "resend",
    "send_due",
    "supersede",
]

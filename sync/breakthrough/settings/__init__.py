"""The institution's side: breakthrough.yaml and the references to its secrets. No secret ever stands in a Settings."""

from breakthrough.settings.address import is_loopback
from breakthrough.settings.institution import MAIN, Portal, Redcap, Schedule, Settings, WriteBack, load
from breakthrough.settings.mail import Bounces, Dkim, Imap, Mail
from breakthrough.settings.secrets import Secret, kept, malformed, secret, super_token, token

__all__ = [
    "MAIN",
    "Bounces",
    "Dkim",
    "Imap",
    "Mail",
    "Portal",
    "Redcap",
    "Schedule",
    "Secret",
    "Settings",
    "WriteBack",
    "is_loopback",
    "kept",
    "load",
    "malformed",
    "secret",
    "super_token",
    "token",
]

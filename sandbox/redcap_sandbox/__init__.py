"""A local server that speaks REDCap's API, for demos, tests and rehearsals. Not REDCap, and not affiliated with it."""

from __future__ import annotations

from redcap_sandbox.sandbox import Sandbox, serve
from redcap_sandbox.wire.refusals import Refusal

__all__ = ["Refusal", "Sandbox", "serve"]

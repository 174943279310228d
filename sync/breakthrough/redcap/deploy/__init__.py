"""Brings a REDCap project in line with its definition: what `instruments.plan` says, sent, and read back."""

from breakthrough.redcap.deploy.backup import Shelf
from breakthrough.redcap.deploy.deploying import Done, deploy, refuse_losses, require_classic, require_open

__all__ = ["Done", "Shelf", "deploy", "refuse_losses", "require_classic", "require_open"]

"""Brings the store level with REDCap. When to do that is the worker's business."""

from breakthrough.pull.full import pull

__all__ = ["pull"]

"""Runs Breakthrough Series Collaboratives on REDCap: records in, measures, signals, monthly reports out."""

__version__ = "0.1.0"

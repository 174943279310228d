"""Faults on demand: the ways in which real REDCap servers misbehave, and when they do."""

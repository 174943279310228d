"""Talks to a REDCap project: asks, checks every answer, and turns REDCap's rows into entries and back."""

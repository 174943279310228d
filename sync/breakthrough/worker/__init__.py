"""Keeps a collaborative going by itself: what is due, one round of work, and the schedule around it."""

"""Uploaded files: those of records, and the File Repository."""

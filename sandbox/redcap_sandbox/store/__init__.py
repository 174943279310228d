"""The one SQLite file, and the log that every project keeps in it."""

"""From a rendered report to a mail server, exactly once: addresses, message, outbox, connection. Writes no content."""

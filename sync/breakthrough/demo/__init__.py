"""A whole collaborative month on one computer: a sandbox REDCap, made-up people and work, real reports, an inbox."""

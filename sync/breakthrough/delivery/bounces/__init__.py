"""What comes back to the envelope sender: bounces, and mails that ask for no more. Read, settled, never answered."""

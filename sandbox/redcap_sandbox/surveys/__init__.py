"""Surveys: links and codes, participants and their invitations, and what happens when a page is answered."""

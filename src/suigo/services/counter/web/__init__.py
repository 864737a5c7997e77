"""Screens of the counter: the clerk's, the resident's, the ticket machine's."""

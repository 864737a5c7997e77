"""Sessions that are listed, and can be ended, by the person they belong to."""

from django.contrib.sessions.backends.signed_cookies import SessionStore

__all__ = ["SessionStore"]

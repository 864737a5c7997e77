"""Sending and receiving. Import from here."""

from suigo.services.bridge.actions.receiving import Received, receive
from suigo.services.bridge.actions.restoring import accept, restart
from suigo.services.bridge.actions.retrying import retry_held
from suigo.services.bridge.actions.sending import Sent, send
from suigo.services.bridge.actions.setting_aside import note_seen

__all__ = ["Received", "Sent", "accept", "note_seen", "receive", "restart", "retry_held", "send"]

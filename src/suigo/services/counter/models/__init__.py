"""Tables of the counter."""

from suigo.services.counter.models.tickets import Kiosk, Series, Ticket
from suigo.services.counter.models.visits import Item, Memo, Phase, Screen, Visit

__all__ = ["Item", "Kiosk", "Memo", "Phase", "Screen", "Series", "Ticket", "Visit"]

"""The clerk's screens of signing, and the card of the demonstration."""

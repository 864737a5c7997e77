"""The clerk's screens of intake."""

"""Engine notices: messages to people and their delivery. See README.md."""

"""Floor 0: words every package uses, with no domain knowledge. Imports nothing above it."""

"""Japanese text, dates and numbers. Filled by its own branch."""

"""Reading at the counter."""

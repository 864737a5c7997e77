"""Floor 2: what a resident or clerk would name, where content alone is not enough."""

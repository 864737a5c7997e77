"""Pages of notices: the queue for staff, and the mail a demonstration caught."""

"""Pages of identity: sign-in, one's own account, and the administration of people."""

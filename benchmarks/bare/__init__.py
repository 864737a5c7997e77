"""The limit: the least that Django can do for the same jobs. No rights, ledger, or languages."""

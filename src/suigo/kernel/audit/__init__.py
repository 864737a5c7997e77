"""The ledger: every state change leaves one entry that can't be altered unseen. See README.md."""

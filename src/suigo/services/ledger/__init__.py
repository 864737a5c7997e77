"""The whole ledger for auditors, and the daily proof that nothing in it was altered."""

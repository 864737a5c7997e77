"""Who may read the whole ledger: the same who may have it verified."""

VIEW = "audit.view"  # declared by kernel/audit, whose table it opens

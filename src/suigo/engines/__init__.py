"""Floor 1: capabilities that many services share, in tiers (see .importlinter)."""

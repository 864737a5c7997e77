"""Who may bring things in."""

IMPORT = "intake.import"
SCAN = "intake.scan"

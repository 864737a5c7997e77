"""Who may see what crosses between the zones."""

VIEW = "bridge.view"

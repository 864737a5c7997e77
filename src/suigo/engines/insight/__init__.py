"""Engine insight: the plan and its indicators. See README.md."""

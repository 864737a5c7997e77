"""Engine facts: what a resident said once and need not say again. See README.md."""

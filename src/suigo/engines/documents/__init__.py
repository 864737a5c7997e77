"""Engine documents: files, letters, retention. See README.md."""

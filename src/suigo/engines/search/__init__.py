"""Engine search: finding documents by everyday words and misspellings. See README.md."""

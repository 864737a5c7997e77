"""Pure rules of intake: reading files, and turning their columns into answers."""

"""Pure rules of search: folding, reading, the index."""

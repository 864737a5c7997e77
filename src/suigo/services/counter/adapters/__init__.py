"""Card readers, one module per kind."""

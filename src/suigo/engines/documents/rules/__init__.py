"""Pure functions about files: their bytes, their names, their kinds."""

"""Making, changing, publishing and retiring procedures in the browser (measure 1-1-07)."""

"""Japanese text, dates, numbers and places: plain functions, no database and no Django."""

"""Reads, already limited to what the actor may see."""

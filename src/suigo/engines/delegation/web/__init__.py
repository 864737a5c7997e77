"""Screens of delegation."""

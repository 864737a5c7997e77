"""Starts servers, loads them, accounts for their CPU, and writes what was found."""

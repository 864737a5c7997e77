"""Malware scanners, one module each."""

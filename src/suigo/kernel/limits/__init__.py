"""Brakes against too many tries. Counted in the database, so they survive a restart and hold
across processes (OWASP ASVS 5.0, 2.4.1 and 6.3.1)."""

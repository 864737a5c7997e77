"""What signatures mean. Modules that read certificates import ``cryptography.x509``, ten megabytes
that most processes never need: they are reached through ``suigo.engines.signing.heavy``."""

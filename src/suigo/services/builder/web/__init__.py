"""The screens of the builder, all under ``/staff/builder/``."""

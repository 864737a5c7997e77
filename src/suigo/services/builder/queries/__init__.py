"""What the screens of the builder read."""

"""Keys, packets and the order of a stream: pure."""

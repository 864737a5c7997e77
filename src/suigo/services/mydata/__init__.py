"""What the city holds about me, to take along."""

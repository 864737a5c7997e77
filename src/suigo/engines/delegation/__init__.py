"""Acting for others: who lets whom do what with the city, until when, and what came of it."""

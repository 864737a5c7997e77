"""What the builder knows without a database: packages, questions, conditions, findings."""

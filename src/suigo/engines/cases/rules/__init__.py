"""The rules of cases: pure functions over definitions, answers and days."""

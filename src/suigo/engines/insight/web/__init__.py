"""The pages of insight: the plan for everybody, the figures for staff."""

"""Engine forms: typed form definitions, answers, rendering. See README.md."""

"""Engine cases: applications from draft to decision. See README.md."""

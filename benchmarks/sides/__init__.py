"""The same jobs as done by the bare application and by Suigo."""

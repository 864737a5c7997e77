"""Engine identity: people, posts, departments, sign-in, assurance. See README.md."""

"""手続ガイド: what a life event asks of people, and why; see README.md."""

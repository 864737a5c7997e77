"""What `./suigo COMMAND` does, one module per group of commands."""

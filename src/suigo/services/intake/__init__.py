"""Applications that arrive by other ways: packages, spreadsheets of other services, paper."""

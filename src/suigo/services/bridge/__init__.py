"""Two zones: cases in, answers out, by signed and encrypted packets in folders."""

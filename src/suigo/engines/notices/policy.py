"""Who may look after messages."""

VIEW = "notices.view"  # the queue, its states, and sending again

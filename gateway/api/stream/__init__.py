"""The live stream: events from the broker, to each caller only what they may see, resumed from liaison's log."""

"""Where departments take part: the log of all events, and departments' own queues (XCH)."""

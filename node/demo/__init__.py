"""A business day to look at: made up, or told by real bank messages, played on the whole node."""

"""The digest of a channel: when it is due, what it says, and that it is posted exactly once."""

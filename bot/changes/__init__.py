"""What changed and why, told to people: a period's few stories, and the card of one change."""

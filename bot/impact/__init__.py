"""What a change would touch, why, whom to involve, and how the last ones like it went: from a path, a symbol, or a plan in words."""

"""Answers about planning: the map, hotspots and impact, as checked statements."""

"""Hotspots: where fixes land and knowledge is thin, as a report, a picture and a command."""

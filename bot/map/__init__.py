"""The map: which systems there are, what each is for, and how they hang together, as text, as JSON and as a picture."""

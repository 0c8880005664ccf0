"""The systems of repositories and how they hang together: evidence from files, one module per kind, and the map made of it."""

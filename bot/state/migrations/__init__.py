"""Alembic's scripts, shipped in the package and run when the state database is opened."""
